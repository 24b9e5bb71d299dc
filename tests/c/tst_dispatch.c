/* Delivery by wirebird_queue_dispatch(): wake-ups, budgets, nesting, flushing, releasing. */
#include "fixture.h"

#include <threads.h>

/* A queue that counts its wake-ups, and what a handler has seen. */
typedef struct {
    wirebird_queue_t queue;
    counter_t *wakes;
    counter_t *drops;
    char seen[256];
    void (*then)(const wirebird_event_t *event);
} host_t;

static host_t host;

static void dropped(void *context)
{
    CHECK(context == host.wakes);
    counter_add(host.drops);
}

static void handle(void *context, const wirebird_event_t *event)
{
    CHECK(context == &host);
    if (event->kind == WIREBIRD_EVENT_TEXT) {
        strncat(host.seen, event->data, event->length);
        strcat(host.seen, " ");
    }
    if (host.then)
        host.then(event);
}

static wirebird_status_t dispatch(uint32_t max_events)
{
    return wirebird_queue_dispatch(host.queue, max_events, 0, handle, &host);
}

static pair_t begin(void)
{
    memset(&host, 0, sizeof host);
    host.wakes = counter_new();
    host.drops = counter_new();
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    options.wake = counter_add;
    options.context = host.wakes;
    options.drop = dropped;
    CHECK_OK(wirebird_queue_new(&options, &host.queue));
    return open_pair_on(host.queue, new_queue());
}

static void end(pair_t *pair)
{
    release_pair(pair);
    counter_wait(host.drops, 1);
    counter_free(host.wakes);
    counter_free(host.drops);
}

/* Sends one-letter texts, and knows that the host's queue has them when it returns. */
static void arrive(pair_t *pair, const char *letters)
{
    for (const char *letter = letters; *letter; letter++)
        CHECK_OK(wirebird_connection_send_text(pair->client_end, letter, 1));
    CHECK_OK(wirebird_connection_ping(pair->client_end, NULL, 0));
    expect_event(pair->client_queue, WIREBIRD_EVENT_PONG);
}

static void a_batch_wakes_once(void)
{
    pair_t pair = begin();
    CHECK_OK(dispatch(0));
    int before = counter_value(host.wakes);
    arrive(&pair, "abc");
    arrive(&pair, "def");
    CHECK_INT(counter_value(host.wakes), before + 1);
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a b c d e f ");
    arrive(&pair, "g");
    CHECK_INT(counter_value(host.wakes), before + 2);
    CHECK_OK(dispatch(0));
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a b c d e f g ");
    end(&pair);
}

static void a_budget_leaves_the_rest_and_wakes_again(void)
{
    pair_t pair = begin();
    arrive(&pair, "abc");
    int before = counter_value(host.wakes);
    CHECK_STATUS(dispatch(2), WIREBIRD_MORE);
    CHECK_BYTES(host.seen, strlen(host.seen), "a b ");
    CHECK_INT(counter_value(host.wakes), before + 1);
    CHECK_OK(dispatch(2));
    CHECK_BYTES(host.seen, strlen(host.seen), "a b c ");
    end(&pair);
}

static void dispatch_inside(const wirebird_event_t *event)
{
    host.then = NULL;
    CHECK_BYTES(event->data, event->length, "a");
    strcat(host.seen, "( ");
    CHECK_OK(dispatch(0));
    strcat(host.seen, ") ");
}

static void a_nested_dispatch_goes_on_where_the_outer_one_is(void)
{
    pair_t pair = begin();
    arrive(&pair, "abc");
    host.then = dispatch_inside;
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a ( b c ) ");
    end(&pair);
}

static int dispatch_elsewhere(void *unused)
{
    (void)unused;
    CHECK_STATUS(dispatch(0), WIREBIRD_ERROR_STATE);
    return 0;
}

static void try_from_another_thread(const wirebird_event_t *event)
{
    (void)event;
    thrd_t thread;
    CHECK(thrd_create(&thread, dispatch_elsewhere, NULL) == thrd_success);
    thrd_join(thread, NULL);
}

static void two_threads_cannot_dispatch_one_queue_at_once(void)
{
    pair_t pair = begin();
    arrive(&pair, "a");
    host.then = try_from_another_thread;
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a ");
    end(&pair);
}

static void reply(const wirebird_event_t *event)
{
    CHECK_OK(wirebird_connection_send_text(event->connection, event->data, event->length));
}

static void replies_leave_in_order_at_the_end(void)
{
    pair_t pair = begin();
    arrive(&pair, "abc");
    host.then = reply;
    CHECK_OK(dispatch(0));
    for (const char *letter = "abc"; *letter; letter++) {
        wirebird_event_t event = expect_event(pair.client_queue, WIREBIRD_EVENT_TEXT);
        CHECK_INT(event.length, 1);
        CHECK(*(const char *)event.data == *letter);
    }
    end(&pair);
}

static wirebird_queue_t client_queue;

static void reply_now(const wirebird_event_t *event)
{
    reply(event);
    CHECK_OK(wirebird_queue_flush(host.queue));
    /* The reply is there while the handler still runs. */
    expect_event(client_queue, WIREBIRD_EVENT_TEXT);
}

static void flush_writes_replies_before_the_end(void)
{
    pair_t pair = begin();
    client_queue = pair.client_queue;
    arrive(&pair, "a");
    host.then = reply_now;
    CHECK_OK(dispatch(0));
    end(&pair);
}

static void flush_and_expect_more(const wirebird_event_t *event)
{
    (void)event;
    host.then = NULL;
    int before = counter_value(host.wakes);
    CHECK_STATUS(wirebird_queue_flush(host.queue), WIREBIRD_MORE);
    CHECK_INT(counter_value(host.wakes), before + 1);
}

static void flush_wakes_for_events_not_yet_delivered(void)
{
    pair_t pair = begin();
    arrive(&pair, "ab");
    host.then = flush_and_expect_more;
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a b ");
    end(&pair);
}

static void release_it(const wirebird_event_t *event)
{
    CHECK_OK(wirebird_connection_release(event->connection));
}

static void nothing_follows_a_release_inside_an_event(void)
{
    pair_t pair = begin();
    arrive(&pair, "abc");
    host.then = release_it;
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a ");
    wirebird_event_t event = expect_event(pair.client_queue, WIREBIRD_EVENT_CLOSING);
    CHECK_INT(event.close_code, 1001);
    expect_event(pair.client_queue, WIREBIRD_EVENT_CLOSED);
    CHECK_OK(dispatch(0));
    CHECK_BYTES(host.seen, strlen(host.seen), "a ");
    CHECK_OK(wirebird_connection_release(pair.client_end));
    CHECK_OK(wirebird_server_release(pair.server));
    CHECK_OK(wirebird_queue_release(pair.client_queue));
    CHECK_OK(wirebird_queue_release(pair.server_queue));
    counter_wait(host.drops, 1);
    counter_free(host.wakes);
    counter_free(host.drops);
}

int main(void)
{
    RUN(a_batch_wakes_once);
    RUN(a_budget_leaves_the_rest_and_wakes_again);
    RUN(a_nested_dispatch_goes_on_where_the_outer_one_is);
    RUN(two_threads_cannot_dispatch_one_queue_at_once);
    RUN(replies_leave_in_order_at_the_end);
    RUN(flush_writes_replies_before_the_end);
    RUN(flush_wakes_for_events_not_yet_delivered);
    RUN(nothing_follows_a_release_inside_an_event);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
