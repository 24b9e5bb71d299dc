/* wirebird_connection_send_shared(): the release function is called exactly once, come what may. */
#include "fixture.h"

static char bytes[3 << 20];

static wirebird_status_t share(wirebird_connection_t connection, size_t length, counter_t *released)
{
    return wirebird_connection_send_shared(connection, WIREBIRD_PAYLOAD_BINARY, bytes, length,
                                           counter_add, released, NULL);
}

static void after_it_was_written(void)
{
    pair_t pair = open_pair();
    counter_t *released = counter_new();
    CHECK_OK(wirebird_connection_set(pair.server_end, WIREBIRD_OPTION_MAX_MESSAGE_SIZE,
                                     sizeof bytes));
    CHECK_OK(share(pair.client_end, 10, released));
    CHECK_OK(share(pair.client_end, 100000, released));
    CHECK_OK(share(pair.client_end, sizeof bytes, released));
    CHECK_INT(expect_event(pair.server_queue, WIREBIRD_EVENT_BINARY).length, 10);
    CHECK_INT(expect_event(pair.server_queue, WIREBIRD_EVENT_BINARY).length, 100000);
    CHECK_INT(expect_event(pair.server_queue, WIREBIRD_EVENT_BINARY).length, sizeof bytes);
    counter_wait(released, 3);
    release_pair(&pair);
    CHECK_INT(counter_value(released), 3);
    counter_free(released);
}

static void when_text_is_converted(void)
{
    pair_t pair = open_pair();
    counter_t *released = counter_new();
    const uint16_t units[] = { 'H', 'i', 0x20ac };
    uint64_t length = 0;
    CHECK_OK(wirebird_connection_send_shared(pair.client_end, WIREBIRD_PAYLOAD_UTF16, units, 3,
                                             counter_add, released, &length));
    CHECK_INT(length, 5);
    CHECK_OK(wirebird_connection_send_shared(pair.client_end, WIREBIRD_PAYLOAD_UTF8, "Ho", 2,
                                             counter_add, released, &length));
    CHECK_INT(length, 2);
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "Hi\xe2\x82\xac");
    event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "Ho");
    counter_wait(released, 2);
    release_pair(&pair);
    counter_free(released);
}

static void when_the_call_fails(void)
{
    pair_t pair = open_pair();
    counter_t *released = counter_new();
    wirebird_connection_t none = { 0 };
    CHECK_STATUS(share(none, 10, released), WIREBIRD_ERROR_HANDLE);
    counter_wait(released, 1);
    CHECK_ERROR(wirebird_connection_send_shared(pair.client_end, 9, bytes, 1, counter_add,
                                                released, NULL),
                WIREBIRD_ERROR_ARGUMENT, "payload");
    counter_wait(released, 2);
    CHECK_ERROR(wirebird_connection_send_shared(pair.client_end, WIREBIRD_PAYLOAD_UTF8, NULL, 1,
                                                counter_add, released, NULL),
                WIREBIRD_ERROR_ARGUMENT, "data");
    counter_wait(released, 3);
    CHECK_ERROR(wirebird_connection_send_shared(pair.client_end, WIREBIRD_PAYLOAD_UTF8, "\xff", 1,
                                                counter_add, released, NULL),
                WIREBIRD_ERROR_ARGUMENT, "UTF-8");
    counter_wait(released, 4);
    CHECK_OK(wirebird_connection_close(pair.client_end, 1000, text("")));
    CHECK_STATUS(share(pair.client_end, 10, released), WIREBIRD_ERROR_STATE);
    counter_wait(released, 5);
    release_pair(&pair);
    counter_free(released);
}

/* The server's end stops reading, so that the client's messages stay unsent. */
static pair_t open_stuck_pair(counter_t *released)
{
    pair_t pair = open_pair();
    CHECK_OK(wirebird_connection_pause(pair.server_end));
    for (int i = 0; i < 8; i++)
        CHECK_OK(share(pair.client_end, sizeof bytes, released));
    CHECK(counter_value(released) < 8);
    return pair;
}

static void when_the_limit_of_unsent_bytes_is_reached(void)
{
    counter_t *released = counter_new();
    pair_t pair = open_stuck_pair(released);
    CHECK_OK(wirebird_connection_set(pair.client_end, WIREBIRD_OPTION_MAX_UNSENT, 1000));
    CHECK_ERROR(share(pair.client_end, 2000, released), WIREBIRD_ERROR_LIMIT, "max_unsent");
    CHECK_OK(wirebird_connection_abort(pair.client_end));
    counter_wait(released, 9);
    release_pair(&pair);
    counter_free(released);
}

static void when_the_connection_is_aborted(void)
{
    counter_t *released = counter_new();
    pair_t pair = open_stuck_pair(released);
    CHECK_OK(wirebird_connection_abort(pair.client_end));
    counter_wait(released, 8);
    release_pair(&pair);
    counter_free(released);
}

static void when_the_connection_is_released(void)
{
    counter_t *released = counter_new();
    pair_t pair = open_stuck_pair(released);
    CHECK_OK(wirebird_connection_set(pair.client_end, WIREBIRD_OPTION_CLOSE_TIMEOUT, 1));
    release_pair(&pair);
    counter_wait(released, 8);
    counter_free(released);
}

static void when_the_engine_shuts_down(void)
{
    counter_t *released = counter_new();
    open_stuck_pair(released);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    counter_wait(released, 8);
    counter_free(released);
}

int main(void)
{
    RUN(after_it_was_written);
    RUN(when_text_is_converted);
    RUN(when_the_call_fails);
    RUN(when_the_limit_of_unsent_bytes_is_reached);
    RUN(when_the_connection_is_aborted);
    RUN(when_the_connection_is_released);
    RUN(when_the_engine_shuts_down);
    return 0;
}
