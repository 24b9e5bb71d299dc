/* Everything works in exit handlers too, where a thread's own memory is gone already: programs
 * with static objects end their connections there. */
#include "fixture.h"

static pair_t pair;

static void take(void *context, const wirebird_event_t *event)
{
    if (event->kind == WIREBIRD_EVENT_TEXT)
        *(int *)context += 1;
    wirebird_connection_send_text(event->connection, "back", 4);
}

/* exit() must not be called in an exit handler. */
#define MUST(condition)                                                                           \
    do {                                                                                          \
        if (!(condition)) {                                                                       \
            fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #condition);              \
            _Exit(1);                                                                             \
        }                                                                                         \
    } while (0)

static void at_exit(void)
{
    int texts = 0;
    wirebird_event_t event;
    MUST(wirebird_connection_release((wirebird_connection_t){0}) == WIREBIRD_ERROR_HANDLE);
    MUST(wirebird_last_error() != NULL);
    MUST(wirebird_connection_send_text(pair.client_end, "late", 4) == WIREBIRD_OK);
    MUST(wirebird_queue_wait(pair.server_queue, PATIENCE_MS) == WIREBIRD_OK);
    MUST(wirebird_queue_dispatch(pair.server_queue, 0, 0, take, &texts) == WIREBIRD_OK);
    MUST(texts == 1);
    MUST(wirebird_queue_wait(pair.client_queue, PATIENCE_MS) == WIREBIRD_OK);
    MUST(wirebird_queue_next(pair.client_queue, &event) == WIREBIRD_OK);
    MUST(event.kind == WIREBIRD_EVENT_TEXT && event.length == 4);
    MUST(wirebird_connection_release(pair.client_end) == WIREBIRD_OK);
    MUST(wirebird_queue_wait(pair.server_queue, PATIENCE_MS) == WIREBIRD_OK);
    MUST(wirebird_queue_next(pair.server_queue, &event) == WIREBIRD_OK);
    MUST(event.kind == WIREBIRD_EVENT_CLOSING && event.close_code == 1001);
    MUST(wirebird_shutdown(PATIENCE_MS) == WIREBIRD_OK);
}

int main(void)
{
    pair = open_pair();
    CHECK_INT(atexit(at_exit), 0);
    /* The thread's memory is made, to be gone at exit. */
    CHECK_OK(wirebird_connection_send_text(pair.server_end, "hello", 5));
    expect_event(pair.client_queue, WIREBIRD_EVENT_TEXT);
    CHECK_ERROR(wirebird_connection_release((wirebird_connection_t){0}), WIREBIRD_ERROR_HANDLE,
                "connection");
    return 0;
}
