/* A forked child has no engine and is told so; the parent's goes on. */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's result goes through a pipe: its exit code belongs to the sanitizer. */
static char in_child(pair_t *pair)
{
    wirebird_queue_t queue;
    if (wirebird_queue_new(NULL, &queue) != WIREBIRD_ERROR_FORKED)
        return 'q';
    if (wirebird_connection_send_text(pair->client_end, "x", 1) != WIREBIRD_ERROR_FORKED)
        return 's';
    if (wirebird_connection_release(pair->client_end) != WIREBIRD_ERROR_FORKED)
        return 'r';
    if (wirebird_shutdown(0) != WIREBIRD_ERROR_FORKED)
        return 'd';
    if (!strstr(wirebird_last_error(), "fork"))
        return 'e';
    if (!wirebird_has_feature("client"))
        return 'f';
    return '.';
}

static void a_child_is_told_and_the_parent_goes_on(void)
{
    pair_t pair = open_pair();
    int channel[2];
    CHECK_INT(pipe(channel), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char result = in_child(&pair);
        _exit(write(channel[1], &result, 1) == 1 ? 0 : 1);
    }
    close(channel[1]);
    char result = '?';
    CHECK_INT(read(channel[0], &result, 1), 1);
    close(channel[0]);
    CHECK_INT(waitpid(child, NULL, 0), child);
    if (result != '.')
        CHECK_FAIL("the child failed at '%c'", result);

    CHECK_OK(wirebird_connection_send_text(pair.client_end, "still here", 10));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "still here");
    release_pair(&pair);
}

int main(void)
{
    RUN(a_child_is_told_and_the_parent_goes_on);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
