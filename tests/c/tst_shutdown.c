/* wirebird_shutdown() ends everything, once. */
#include "fixture.h"

static void shutting_down_ends_what_is_open(void)
{
    counter_t *dropped = counter_new();
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    options.context = dropped;
    options.drop = counter_add;
    wirebird_queue_t queue;
    CHECK_OK(wirebird_queue_new(&options, &queue));
    pair_t pair = open_pair_on(queue, new_queue());
    CHECK_OK(wirebird_connection_send_text(pair.client_end, "unread", 6));

    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    counter_wait(dropped, 1);
    counter_free(dropped);

    wirebird_event_t event;
    CHECK(wirebird_queue_next(pair.client_queue, &event) < 0);
    CHECK(wirebird_connection_send_text(pair.client_end, "x", 1) < 0);
    CHECK(wirebird_server_close(pair.server) < 0);
    CHECK(wirebird_connection_release(pair.server_end) < 0);
}

static void nothing_starts_again(void)
{
    wirebird_queue_t queue;
    CHECK_STATUS(wirebird_queue_new(NULL, &queue), WIREBIRD_ERROR_SHUT_DOWN);
    CHECK_STATUS(wirebird_start(NULL), WIREBIRD_ERROR_SHUT_DOWN);
}

int main(void)
{
    RUN(shutting_down_ends_what_is_open);
    RUN(nothing_starts_again);
    return 0;
}
