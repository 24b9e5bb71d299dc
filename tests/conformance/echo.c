#include "echo.h"

#include <stdio.h>
#include <stdlib.h>

void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, wirebird_last_error());
    exit(1);
}

void echo(const wirebird_event_t *event)
{
    wirebird_status_t status = WIREBIRD_OK;
    if (event->kind == WIREBIRD_EVENT_TEXT)
        status = wirebird_connection_send_text(event->connection, event->data, event->length);
    else if (event->kind == WIREBIRD_EVENT_BINARY)
        status = wirebird_connection_send_binary(event->connection, event->data, event->length);
    /* The suite also closes, or breaks the rules, right after a message. */
    if (status != WIREBIRD_OK && status != WIREBIRD_ERROR_STATE)
        fail("echoing");
}
