/* Echo client for Autobahn|Testsuite: echo_client ws://HOST:PORT, or wss://HOST:PORT CA
 *
 * Asks the suite how many cases it has, opens a connection for each and sends every message
 * back, then asks for the report. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"

#define AGENT "agent=Wirebird"

/* One connection, from its opening to its end. */
struct visit {
    bool opened;
    bool closed;
    int *number; /* where to put the number that arrives, or NULL: send back what arrives */
};

static int parse_number(const char *digits, size_t length)
{
    int number = 0;
    for (size_t i = 0; i < length && digits[i] >= '0' && digits[i] <= '9' && number < 100000; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

static void handle(void *context, const wirebird_event_t *event)
{
    struct visit *visit = context;
    switch (event->kind) {
    case WIREBIRD_EVENT_OPENED:
        visit->opened = true;
        break;
    case WIREBIRD_EVENT_TEXT:
        if (visit->number)
            *visit->number = parse_number(event->data, event->length);
        else
            echo(event);
        break;
    case WIREBIRD_EVENT_CLOSED:
        visit->closed = true;
        wirebird_connection_release(event->connection);
        break;
    default:
        echo(event);
        break;
    }
}

/* Trusts this authority only; id 0 without one. */
static wirebird_tls_t tls;

static void trust(const char *ca)
{
    wirebird_text_t file = { ca, strlen(ca) };
    wirebird_tls_options_t options;
    wirebird_tls_client_options_init(&options, sizeof options);
    options.system_roots = 0;
    options.ca_files = &file;
    options.ca_file_count = 1;
    if (wirebird_tls_client_new(&options, &tls) != WIREBIRD_OK)
        fail("TLS");
}

/* Opens `base`/`path` and stays until the suite closes. */
static void run(wirebird_queue_t queue, const char *base, const char *path, int *number)
{
    char url[256];
    snprintf(url, sizeof url, "%s/%s", base, path);

    wirebird_connection_options_t behaviour;
    wirebird_client_connection_options_init(&behaviour, sizeof behaviour);
    behaviour.compression = 1;
    behaviour.compression_threshold = 0;

    wirebird_client_options_t options;
    wirebird_client_options_init(&options, sizeof options);
    options.url = (wirebird_text_t){ url, strlen(url) };
    options.connection = &behaviour;
    options.tls = tls;

    wirebird_connection_t connection;
    if (wirebird_client_open(queue, &options, &connection) != WIREBIRD_OK)
        fail("opening");

    struct visit visit = { false, false, number };
    while (!visit.closed) {
        if (wirebird_queue_wait(queue, WIREBIRD_FOREVER) < 0
            || wirebird_queue_dispatch(queue, 0, 0, handle, &visit) < 0)
            fail("waiting");
    }
    if (!visit.opened) {
        fprintf(stderr, "no connection: %s\n", url);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: echo_client ws://HOST:PORT, or wss://HOST:PORT CA\n");
        return 2;
    }
    wirebird_queue_t queue;
    if (wirebird_queue_new(NULL, &queue) != WIREBIRD_OK)
        fail("starting");
    if (argc == 3)
        trust(argv[2]);

    int cases = 0;
    run(queue, argv[1], "getCaseCount", &cases);
    for (int number = 1; number <= cases; number++) {
        char path[64];
        snprintf(path, sizeof path, "runCase?case=%d&" AGENT, number);
        run(queue, argv[1], path, NULL);
    }
    run(queue, argv[1], "updateReports?" AGENT, NULL);
    wirebird_shutdown(5000);
    return cases > 0 ? 0 : 1;
}
