/* The server of the tests with a browser: serves an empty page at every path, and WebSockets.
 *
 *     server [--certificate NAME.pem NAME.key] [--http2] [--origin ORIGIN] [--any-origin]
 *
 * Messages are sent back. The text "close CODE REASON" closes with that. It prints "Pages at URL",
 * and then a line for each thing that happens; PORT is the client's, which tells connections apart:
 *
 *     page HTTP-VERSION PORT
 *     opened PORT APPLICATION-PROTOCOL SUBPROTOCOL EXTENSIONS      "-" for none
 *     closed CODE REASON                      or why it was lost
 *     refused WHY */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wirebird/wirebird.h>

static const char page[] = "<!doctype html><meta charset=utf-8><title>A page</title>"
                           "<link rel=icon href='data:,'>";

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, wirebird_last_error());
    exit(1);
}

static void check(wirebird_status_t status, const char *what)
{
    if (status != WIREBIRD_OK)
        fail(what);
}

static wirebird_text_t text(const char *string)
{
    wirebird_text_t view = { string, strlen(string) };
    return view;
}

static void print(wirebird_text_t view)
{
    printf(" %.*s", view.length ? (int)view.length : 1, view.length ? view.data : "-");
}

static wirebird_tls_t tls(const char *certificate, const char *key, int http2)
{
    const wirebird_text_t protocols[] = { text("h2"), text("http/1.1") };
    wirebird_tls_options_t options;
    wirebird_tls_t made;
    check(wirebird_tls_server_options_init(&options, sizeof options), "TLS options");
    options.certificate_file = text(certificate);
    options.key_file = text(key);
    if (http2) {
        options.alpn = protocols;
        options.alpn_count = 2;
    }
    check(wirebird_tls_server_new(&options, &made), "TLS");
    return made;
}

static wirebird_server_t listen_as(wirebird_queue_t queue, int argc, char **argv)
{
    const wirebird_text_t subprotocols[] = { text("birds"), text("bees") };
    const char *certificate = NULL, *key = NULL;
    int http2 = 0;
    wirebird_text_t origin;
    wirebird_connection_options_t connection;
    wirebird_server_options_t options;
    wirebird_server_t server;
    wirebird_address_t address;

    check(wirebird_server_connection_options_init(&connection, sizeof connection), "options");
    connection.compression = 1;
    connection.max_message_size = 4 << 20;
    check(wirebird_server_options_init(&options, sizeof options), "options");
    options.connection = &connection;
    options.http = WIREBIRD_HTTP_ASK;
    options.subprotocols = subprotocols;
    options.subprotocol_count = 2;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--certificate") && i + 2 < argc) {
            certificate = argv[++i];
            key = argv[++i];
        } else if (!strcmp(argv[i], "--http2")) {
            http2 = 1;
        } else if (!strcmp(argv[i], "--any-origin")) {
            options.accept = WIREBIRD_ACCEPT_ALL;
        } else if (!strcmp(argv[i], "--origin") && i + 1 < argc) {
            origin = text(argv[++i]);
            options.origins = &origin;
            options.origin_count = 1;
        } else {
            fprintf(stderr, "unknown: %s\n", argv[i]);
            exit(2);
        }
    }
    if (certificate)
        options.tls = tls(certificate, key, http2);
    check(wirebird_server_listen(queue, &options, &server), "listening");
    check(wirebird_server_address(server, &address), "the address");
    printf("Pages at %s:%u/\n", certificate ? "https://localhost" : "http://127.0.0.1",
           (unsigned)address.port);
    return server;
}

static void answer(wirebird_request_t request)
{
    const wirebird_header_t fields[] = { { { "Content-Type", 12 }, { "text/html", 9 } } };
    wirebird_response_options_t options;
    wirebird_address_t peer;
    uint64_t version;
    check(wirebird_request_get(request, WIREBIRD_REQUEST_OPTION_HTTP_VERSION, &version), "version");
    check(wirebird_request_addresses(request, NULL, &peer), "addresses");
    check(wirebird_response_options_init(&options, sizeof options), "options");
    options.headers = fields;
    options.header_count = 1;
    printf("page %u %u\n", (unsigned)version, (unsigned)peer.port);
    /* It may be gone already. */
    (void)wirebird_request_answer(request, &options, page, sizeof page - 1);
}

static void tell(wirebird_connection_t connection)
{
    wirebird_address_t peer;
    wirebird_tls_info_t info;
    wirebird_text_t subprotocol, extensions;
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    check(wirebird_connection_addresses(connection, NULL, &peer), "addresses");
    check(wirebird_connection_tls_info(connection, &info), "TLS");
    check(wirebird_connection_subprotocol(connection, &subprotocol), "subprotocol");
    check(wirebird_connection_extensions(connection, &extensions), "extensions");
    printf("opened %u", (unsigned)peer.port);
    print(info.alpn);
    print(subprotocol);
    print(extensions);
    printf("\n");
}

static void echo(const wirebird_event_t *event)
{
    char command[128];
    unsigned code;
    int length = 0;
    size_t copied = event->length < sizeof command ? event->length : sizeof command - 1;
    memcpy(command, event->data, copied);
    command[copied] = 0;
    /* A page may have closed by then. */
    if (event->kind == WIREBIRD_EVENT_BINARY)
        (void)wirebird_connection_send_binary(event->connection, event->data, event->length);
    else if (sscanf(command, "close %u %n", &code, &length) == 1)
        (void)wirebird_connection_close(event->connection, (uint16_t)code, text(command + length));
    else
        (void)wirebird_connection_send_text(event->connection, event->data, event->length);
}

int main(int argc, char **argv)
{
    wirebird_queue_t queue;
    wirebird_event_t event;
    setvbuf(stdout, NULL, _IOLBF, 0);
    check(wirebird_queue_new(NULL, &queue), "starting");
    listen_as(queue, argc, argv);
    for (;;) {
        while (wirebird_queue_next(queue, &event) != WIREBIRD_OK) {
            if (wirebird_queue_wait(queue, WIREBIRD_FOREVER) < 0)
                fail("waiting");
        }
        switch (event.kind) {
        case WIREBIRD_EVENT_HTTP_REQUEST:
            answer(event.request);
            break;
        case WIREBIRD_EVENT_ACCEPTED:
            tell(event.connection);
            break;
        case WIREBIRD_EVENT_TEXT:
        case WIREBIRD_EVENT_BINARY:
            echo(&event);
            break;
        case WIREBIRD_EVENT_CLOSED:
            printf("closed %u", event.close_code);
            print(event.length ? (wirebird_text_t) { event.data, event.length } : event.message);
            printf("\n");
            wirebird_connection_release(event.connection);
            break;
        case WIREBIRD_EVENT_HANDSHAKE_FAILED:
            printf("refused");
            print(event.message);
            printf("\n");
            break;
        default:
            break;
        }
    }
}
