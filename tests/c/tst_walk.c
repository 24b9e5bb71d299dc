/* Random calls over the handles of every type, from several threads at once: good ones, released
 * ones, made up ones. Whatever they are, the answer is a status that the header knows, shared
 * memory is released once, and under valgrind and AddressSanitizer nothing is touched that is
 * gone, and nothing is left. */
#include "fixture.h"

#include <threads.h>

enum { THREADS = 3, STEPS = 10000, REMEMBERED = 64 };

static mtx_t lock;
static uint64_t known[REMEMBERED];
/* The first queue and server: always within reach. */
static uint64_t first[2];
static unsigned next_known;
static char url[64];
static counter_t *released;
static counter_t *shared;
static counter_t *dropped;
static counter_t *streams;

static void remember(uint64_t id)
{
    if (!id)
        return;
    mtx_lock(&lock);
    known[next_known++ % REMEMBERED] = id;
    mtx_unlock(&lock);
}

static uint64_t draw(uint64_t *seed)
{
    /* xorshift64: the walk of a seed is always the same. */
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static unsigned below(uint64_t *seed, unsigned limit)
{
    return (unsigned)(draw(seed) % limit);
}

static uint64_t handle(uint64_t *seed)
{
    const unsigned kind = below(seed, 16);
    if (kind == 0)
        return 0;
    if (kind == 1)
        return draw(seed);
    if (kind < 8 && kind > 2)
        return first[kind % 2];
    mtx_lock(&lock);
    uint64_t id = known[below(seed, REMEMBERED)];
    mtx_unlock(&lock);
    return kind == 2 ? id ^ (UINT64_C(1) << below(seed, 64)) : id;
}

static void woken(void *context)
{
    (void)context;
}

static wirebird_status_t new_stream(wirebird_server_t server)
{
    wirebird_stream_options_t options;
    wirebird_stream_t stream = { 0 };
    wirebird_stream_options_init(&options, sizeof options);
    options.wake = woken;
    options.drop = counter_add;
    options.context = dropped;
    const wirebird_status_t status = wirebird_server_attach(server, &options, &stream);
    if (status == WIREBIRD_OK)
        counter_add(streams);
    remember(stream.id);
    return status;
}

static wirebird_status_t new_tls(void)
{
    wirebird_tls_options_t options;
    wirebird_tls_t tls = { 0 };
    wirebird_tls_client_options_init(&options, sizeof options);
    options.system_roots = 0;
    const wirebird_status_t status = wirebird_tls_client_new(&options, &tls);
    remember(tls.id);
    return status;
}

static wirebird_status_t new_client(wirebird_queue_t queue, wirebird_cookie_jar_t jar)
{
    wirebird_client_options_t options;
    wirebird_connection_t connection = { 0 };
    wirebird_client_options_init(&options, sizeof options);
    options.url = text(url);
    options.cookies = jar;
    const wirebird_status_t status = wirebird_client_open(queue, &options, &connection);
    remember(connection.id);
    return status;
}

static wirebird_status_t new_queue_of_its_own(void)
{
    wirebird_queue_t queue = { 0 };
    const wirebird_status_t status = wirebird_queue_new(NULL, &queue);
    remember(queue.id);
    return status;
}

static wirebird_status_t new_jar(void)
{
    wirebird_cookie_jar_t jar = { 0 };
    const wirebird_status_t status = wirebird_cookie_jar_new(&jar);
    remember(jar.id);
    return status;
}

static wirebird_status_t take_events(wirebird_queue_t queue)
{
    wirebird_event_t event;
    wirebird_status_t status = WIREBIRD_EMPTY;
    for (int i = 0; i < 10; i++) {
        status = wirebird_queue_next(queue, &event);
        if (status != WIREBIRD_OK)
            return status;
        remember(event.connection.id);
        remember(event.request.id);
    }
    return status;
}

static wirebird_status_t step(uint64_t *seed)
{
    static const char data[3000] = { 'x' };
    const size_t length = below(seed, sizeof data);
    const wirebird_queue_t queue = { handle(seed) };
    const wirebird_connection_t connection = { handle(seed) };
    const wirebird_server_t server = { handle(seed) };
    const wirebird_stream_t stream = { handle(seed) };
    const wirebird_request_t request = { handle(seed) };
    const wirebird_tls_t tls = { handle(seed) };
    const wirebird_cookie_jar_t jar = { handle(seed) };
    char buffer[500];
    size_t count = 0;
    uint64_t value = 0;
    wirebird_text_t view;
    const wirebird_cookie_jar_t none = { 0 };
    switch (below(seed, 34)) {
    case 0: return new_queue_of_its_own();
    case 1: return queue.id == first[0] ? WIREBIRD_OK : wirebird_queue_release(queue);
    case 2: return new_client(queue, jar);
    case 3: return new_client(queue, none);
    case 4:
    case 5:
    case 6: return take_events(queue);
    case 7: return new_stream(server);
    case 8: return wirebird_stream_give(stream, "GET / HTTP/1.0\r\n\r\n", 18, &count);
    case 9: return wirebird_stream_take(stream, buffer, sizeof buffer, &count);
    case 10: return wirebird_stream_give_end(stream);
    case 11: return wirebird_stream_fail(stream, text("failed"));
    case 12: return wirebird_stream_release(stream);
    case 13: return new_tls();
    case 14: return wirebird_tls_release(tls);
    case 15: return wirebird_server_set_tls(server, tls);
    case 16: return new_jar();
    case 17: return wirebird_cookie_jar_set(jar, text(url), text("a=b"));
    case 18: return wirebird_cookie_jar_get(jar, text(url), buffer, sizeof buffer, &count);
    case 19: return wirebird_cookie_jar_release(jar);
    case 20: return wirebird_request_answer(request, NULL, data, length);
    case 21: return wirebird_request_begin(request, NULL);
    case 22: return wirebird_request_write(request, data, length, &value);
    case 23: return wirebird_request_finish(request);
    case 24: return wirebird_request_path(request, &view);
    case 25: return wirebird_request_release(request);
    case 26: return wirebird_connection_send_text(connection, data, length);
    case 27: return wirebird_connection_send_binary(connection, data, length);
    case 28:
        counter_add(shared);
        return wirebird_connection_send_shared(connection, WIREBIRD_PAYLOAD_BINARY, data, length,
                                               counter_add, released, NULL);
    case 29: return wirebird_connection_close(connection, 1000, text(""));
    case 30: return below(seed, 4) ? WIREBIRD_OK : wirebird_connection_abort(connection);
    case 31: return wirebird_connection_release(connection);
    case 32: return wirebird_connection_set_queue(connection, queue);
    default: return wirebird_connection_url(connection, &view);
    }
}

static int walk(void *context)
{
    uint64_t *seed = context;
    for (int i = 0; i < STEPS; i++) {
        const wirebird_status_t status = step(seed);
        const char *words = wirebird_status_text(status);
        if (status == WIREBIRD_ERROR_PANIC || !strcmp(words, wirebird_status_text(INT32_MIN)))
            CHECK_FAIL("step %d: %d, %s: %s", i, status, words, wirebird_last_error());
    }
    return 0;
}

static void random_calls_give_errors_and_nothing_worse(void)
{
    thrd_t threads[THREADS];
    uint64_t seeds[THREADS];
    CHECK(mtx_init(&lock, mtx_plain) == thrd_success);
    wirebird_queue_t queue = new_queue();
    wirebird_server_options_t options;
    wirebird_server_t server;
    wirebird_address_t address;
    wirebird_server_options_init(&options, sizeof options);
    options.port = 0;
    options.http = WIREBIRD_HTTP_ASK;
    CHECK_OK(wirebird_server_listen(queue, &options, &server));
    CHECK_OK(wirebird_server_address(server, &address));
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)address.port);
    first[0] = queue.id;
    first[1] = server.id;
    for (int i = 0; i < THREADS; i++) {
        seeds[i] = 6455 + (uint64_t)i;
        CHECK(thrd_create(&threads[i], walk, &seeds[i]) == thrd_success);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(thrd_join(threads[i], NULL) == thrd_success);

    /* The library is as good as before. */
    pair_t pair = open_pair();
    release_pair(&pair);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    CHECK_INT(counter_value(released), counter_value(shared));
    CHECK_INT(counter_value(dropped), counter_value(streams));
    mtx_destroy(&lock);
}

int main(void)
{
    released = counter_new();
    shared = counter_new();
    dropped = counter_new();
    streams = counter_new();
    RUN(random_calls_give_errors_and_nothing_worse);
    printf("%d payloads shared, %d streams\n", counter_value(shared), counter_value(streams));
    counter_free(released);
    counter_free(shared);
    counter_free(dropped);
    counter_free(streams);
    return 0;
}
