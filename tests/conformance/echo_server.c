/* Echo server for Autobahn|Testsuite: prints its URL, sends every message back, and ends when
 * its standard input does. With a certificate it speaks TLS: echo_server [CERTIFICATE KEY] */
#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "echo.h"

/* The queue's thread waits for standard input, too: so `wake` writes into a pipe. */
static int wake_pipe[2];

static void wake(void *context)
{
    (void)context;
    ssize_t written = write(wake_pipe[1], "", 1);
    (void)written;
}

static void handle(void *context, const wirebird_event_t *event)
{
    (void)context;
    if (event->kind == WIREBIRD_EVENT_CLOSED)
        wirebird_connection_release(event->connection);
    else
        echo(event);
}

static void listen_on_any_port(wirebird_queue_t queue, wirebird_tls_t tls)
{
    wirebird_connection_options_t connection;
    wirebird_server_connection_options_init(&connection, sizeof connection);
    connection.max_message_size = 16 << 20; /* the largest of cases 9.*; the default is 1 MiB */
    connection.compression = 1;
    connection.compression_threshold = 0;

    wirebird_server_options_t options;
    wirebird_server_options_init(&options, sizeof options);
    options.accept = WIREBIRD_ACCEPT_ALL;
    options.connection = &connection;
    options.tls = tls;

    wirebird_server_t server;
    wirebird_address_t address;
    if (wirebird_server_listen(queue, &options, &server) != WIREBIRD_OK
        || wirebird_server_address(server, &address) != WIREBIRD_OK)
        fail("listening");
    printf("%s://127.0.0.1:%u\n", tls.id ? "wss" : "ws", (unsigned)address.port);
    fflush(stdout);
}

static wirebird_tls_t tls_of(const char *certificate, const char *key)
{
    wirebird_tls_options_t options;
    wirebird_tls_server_options_init(&options, sizeof options);
    options.certificate_file = (wirebird_text_t){ certificate, strlen(certificate) };
    options.key_file = (wirebird_text_t){ key, strlen(key) };

    wirebird_tls_t tls;
    if (wirebird_tls_server_new(&options, &tls) != WIREBIRD_OK)
        fail("TLS");
    return tls;
}

/* Waits for events; false once standard input has ended. */
static bool wait_for_events(void)
{
    char bytes[64];
    struct pollfd sources[] = { { STDIN_FILENO, POLLIN, 0 }, { wake_pipe[0], POLLIN, 0 } };
    if (poll(sources, 2, -1) < 0)
        return false;
    if (sources[0].revents != 0)
        return read(STDIN_FILENO, bytes, sizeof bytes) > 0;
    return read(wake_pipe[0], bytes, sizeof bytes) > 0;
}

int main(int argc, char **argv)
{
    if (pipe(wake_pipe) != 0) {
        perror("pipe");
        return 1;
    }
    wirebird_queue_options_t options;
    wirebird_queue_options_init(&options, sizeof options);
    options.wake = wake;

    wirebird_queue_t queue;
    if (wirebird_queue_new(&options, &queue) != WIREBIRD_OK)
        fail("starting");
    wirebird_tls_t none = { 0 };
    listen_on_any_port(queue, argc == 3 ? tls_of(argv[1], argv[2]) : none);

    while (wait_for_events()) {
        if (wirebird_queue_dispatch(queue, 0, 0, handle, NULL) < 0)
            fail("dispatching");
    }
    wirebird_shutdown(5000);
    return 0;
}
