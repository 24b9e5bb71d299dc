/* See fixture.h. */
#include "fixture.h"

#include <threads.h>
#include <time.h>

wirebird_text_t text(const char *string)
{
    wirebird_text_t view = { string, strlen(string) };
    return view;
}

wirebird_queue_t new_queue(void)
{
    wirebird_queue_t queue;
    CHECK_OK(wirebird_queue_new(NULL, &queue));
    return queue;
}

wirebird_event_t next_event(wirebird_queue_t queue)
{
    wirebird_event_t event;
    while (wirebird_queue_next(queue, &event) == WIREBIRD_EMPTY)
        CHECK_OK(wirebird_queue_wait(queue, PATIENCE_MS));
    return event;
}

wirebird_event_t expect_event(wirebird_queue_t queue, uint32_t kind)
{
    wirebird_event_t event = next_event(queue);
    if (event.kind != kind)
        CHECK_FAIL("event %" PRIu32 " came (status %d, close code %u, message \"%.*s\"), "
                   "expected event %" PRIu32,
                   event.kind, event.status, (unsigned)event.close_code,
                   (int)event.message.length, event.message.length ? event.message.data : "",
                   kind);
    return event;
}

wirebird_server_t listen_at(wirebird_queue_t queue, uint16_t accept, char *url)
{
    wirebird_server_options_t options;
    CHECK_OK(wirebird_server_options_init(&options, sizeof options));
    options.accept = accept;
    wirebird_server_t server;
    CHECK_OK(wirebird_server_listen(queue, &options, &server));
    wirebird_address_t address;
    CHECK_OK(wirebird_server_address(server, &address));
    CHECK_INT(address.family, 4);
    snprintf(url, 64, "ws://127.0.0.1:%u/", (unsigned)address.port);
    return server;
}

wirebird_connection_t open_client(wirebird_queue_t queue, const char *url)
{
    wirebird_client_options_t options;
    CHECK_OK(wirebird_client_options_init(&options, sizeof options));
    options.url = text(url);
    wirebird_connection_t connection;
    CHECK_OK(wirebird_client_open(queue, &options, &connection));
    return connection;
}

pair_t open_pair_on(wirebird_queue_t server_queue, wirebird_queue_t client_queue)
{
    pair_t pair = { .server_queue = server_queue, .client_queue = client_queue };
    pair.server = listen_at(server_queue, WIREBIRD_ACCEPT_ALL, pair.url);
    pair.client_end = open_client(client_queue, pair.url);
    wirebird_event_t accepted = expect_event(server_queue, WIREBIRD_EVENT_ACCEPTED);
    CHECK(accepted.server.id == pair.server.id);
    pair.server_end = accepted.connection;
    wirebird_event_t opened = expect_event(client_queue, WIREBIRD_EVENT_OPENED);
    CHECK(opened.connection.id == pair.client_end.id);
    return pair;
}

pair_t open_pair(void)
{
    return open_pair_on(new_queue(), new_queue());
}

void release_pair(pair_t *pair)
{
    CHECK_OK(wirebird_connection_release(pair->client_end));
    CHECK_OK(wirebird_connection_release(pair->server_end));
    CHECK_OK(wirebird_server_release(pair->server));
    CHECK_OK(wirebird_queue_release(pair->client_queue));
    CHECK_OK(wirebird_queue_release(pair->server_queue));
}

struct counter {
    mtx_t lock;
    cnd_t changed;
    int value;
};

counter_t *counter_new(void)
{
    counter_t *counter = malloc(sizeof *counter);
    CHECK(counter);
    CHECK(mtx_init(&counter->lock, mtx_plain) == thrd_success);
    CHECK(cnd_init(&counter->changed) == thrd_success);
    counter->value = 0;
    return counter;
}

void counter_add(void *context)
{
    counter_t *counter = context;
    mtx_lock(&counter->lock);
    counter->value++;
    cnd_broadcast(&counter->changed);
    mtx_unlock(&counter->lock);
}

int counter_value(counter_t *counter)
{
    mtx_lock(&counter->lock);
    int value = counter->value;
    mtx_unlock(&counter->lock);
    return value;
}

void counter_wait(counter_t *counter, int value)
{
    struct timespec end;
    timespec_get(&end, TIME_UTC);
    end.tv_sec += PATIENCE_MS / 1000;
    mtx_lock(&counter->lock);
    int waited = thrd_success;
    while (counter->value < value && waited == thrd_success)
        waited = cnd_timedwait(&counter->changed, &counter->lock, &end);
    int reached = counter->value;
    mtx_unlock(&counter->lock);
    CHECK_INT(reached, value);
}

void counter_free(counter_t *counter)
{
    mtx_destroy(&counter->lock);
    cnd_destroy(&counter->changed);
    free(counter);
}
