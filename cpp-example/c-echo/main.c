/* Echo in plain C: a server that sends every message back, and a client that sends a few.
 *
 *     c-echo server [PORT]
 *     c-echo client URL TEXT...
 *
 * Everything that happens comes as an event of a queue; next_event() waits for the next one. A
 * program with an event loop of its own gives the queue a wake function instead. What is asked for
 * (sending, closing) never waits for the network. All of it is explained in wirebird.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wirebird/wirebird.h>

/* The calling thread's last error: what happened, where, and what to do about it. */
static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, wirebird_last_error());
    exit(1);
}

/* Texts are passed with their lengths. */
static wirebird_text_t text(const char *string)
{
    wirebird_text_t view = { string, strlen(string) };
    return view;
}

/* Waits for the next event. What it points to is valid until the next call. */
static wirebird_event_t next_event(wirebird_queue_t queue)
{
    wirebird_event_t event;
    while (wirebird_queue_next(queue, &event) != WIREBIRD_OK) {
        if (wirebird_queue_wait(queue, WIREBIRD_FOREVER) < 0)
            fail("waiting");
    }
    return event;
}

static wirebird_status_t echo(const wirebird_event_t *event)
{
    if (event->kind == WIREBIRD_EVENT_TEXT)
        return wirebird_connection_send_text(event->connection, event->data, event->length);
    return wirebird_connection_send_binary(event->connection, event->data, event->length);
}

static int serve(wirebird_queue_t queue, const char *port)
{
    /* Options first get their defaults, then what is different: here only the port. */
    wirebird_server_options_t options;
    wirebird_server_options_init(&options, sizeof options);
    options.port = (uint16_t)atoi(port);

    wirebird_server_t server;
    if (wirebird_server_listen(queue, &options, &server) != WIREBIRD_OK)
        fail("listening");
    /* Port 0 has become one that was free. */
    wirebird_address_t address;
    if (wirebird_server_address(server, &address) != WIREBIRD_OK)
        fail("reading the address");
    printf("Echo at ws://127.0.0.1:%u\n", (unsigned)address.port);
    fflush(stdout);

    for (;;) {
        wirebird_event_t event = next_event(queue);
        switch (event.kind) {
        case WIREBIRD_EVENT_TEXT:
        case WIREBIRD_EVENT_BINARY:
            /* A peer that does not read, or has gone, is no reason to stop. */
            if (echo(&event) != WIREBIRD_OK)
                fprintf(stderr, "not sent: %s\n", wirebird_last_error());
            break;
        case WIREBIRD_EVENT_CLOSED:
            /* The last event of a connection, whose handle is ours to give back. */
            wirebird_connection_release(event.connection);
            break;
        case WIREBIRD_EVENT_HANDSHAKE_FAILED:
            fprintf(stderr, "refused: %.*s\n", (int)event.message.length, event.message.data);
            break;
        case WIREBIRD_EVENT_SERVER_CLOSED:
            return 0;
        default:
            break;
        }
    }
}

static int ask(wirebird_queue_t queue, const char *url, char **texts, int count)
{
    wirebird_client_options_t options;
    wirebird_client_options_init(&options, sizeof options);
    options.url = text(url);

    /* Returns at once: WIREBIRD_EVENT_OPENED follows, or WIREBIRD_EVENT_CLOSED with the reason. */
    wirebird_connection_t connection;
    if (wirebird_client_open(queue, &options, &connection) != WIREBIRD_OK)
        fail("opening");

    int received = 0;
    for (;;) {
        wirebird_event_t event = next_event(queue);
        switch (event.kind) {
        case WIREBIRD_EVENT_OPENED:
            for (int i = 0; i < count; i++) {
                if (wirebird_connection_send_text(connection, texts[i], strlen(texts[i])))
                    fail("sending");
            }
            break;
        case WIREBIRD_EVENT_TEXT:
            printf("%.*s\n", (int)event.length, (const char *)event.data);
            if (++received == count)
                wirebird_connection_close(connection, 1000, text("done"));
            break;
        case WIREBIRD_EVENT_CLOSED:
            if (event.status != WIREBIRD_OK)
                fprintf(stderr, "%.*s\n", (int)event.message.length, event.message.data);
            wirebird_connection_release(connection);
            return received == count ? 0 : 1;
        default:
            break;
        }
    }
}

int main(int argc, char **argv)
{
    wirebird_queue_t queue;
    if (wirebird_queue_new(NULL, &queue) != WIREBIRD_OK)
        fail("starting");

    int result = 2;
    if (argc >= 2 && strcmp(argv[1], "server") == 0)
        result = serve(queue, argc > 2 ? argv[2] : "8082");
    else if (argc >= 4 && strcmp(argv[1], "client") == 0)
        result = ask(queue, argv[2], argv + 3, argc - 3);
    else
        fprintf(stderr, "usage: c-echo server [PORT] | c-echo client URL TEXT...\n");

    wirebird_queue_release(queue);
    wirebird_shutdown(5000);
    return result;
}
