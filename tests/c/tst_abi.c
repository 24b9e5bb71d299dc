/* Versions, option structs, status texts, and what wrong arguments and handles give. */
#include "fixture.h"

#include <limits.h>

static void versions_are_those_of_the_header(void)
{
    CHECK_INT(wirebird_abi_version() >> 16, WIREBIRD_TEST_SOVERSION);
    CHECK_BYTES(wirebird_version(), strlen(wirebird_version()), WIREBIRD_TEST_VERSION);
    CHECK(wirebird_has_feature("client"));
    CHECK(wirebird_has_feature("server"));
    CHECK(wirebird_has_feature("tls"));
    CHECK(!wirebird_has_feature("teleport"));
    CHECK(!wirebird_has_feature(""));
    CHECK(!wirebird_has_feature(NULL));
}

static void every_status_has_a_text(void)
{
    const char *unknown = wirebird_status_text(INT_MIN);
    CHECK(unknown && unknown[0]);
    for (wirebird_status_t status = -71; status <= 5; status++)
        CHECK(wirebird_status_text(status) && wirebird_status_text(status)[0]);
    CHECK(strcmp(wirebird_status_text(WIREBIRD_ERROR_TIMEOUT), unknown) != 0);
    for (wirebird_status_t status = WIREBIRD_ERROR_REDIRECT;
         status <= WIREBIRD_ERROR_PROXY_NOT_FOUND; status++)
        CHECK(strcmp(wirebird_status_text(status), unknown) != 0);
}

/* One option struct's init function: wrong sizes and NULL are refused, a shorter struct, of a
 * program built with an older header, is written no further than its end. */
#define CHECK_INIT(type, init)                                                                    \
    do {                                                                                          \
        type options;                                                                             \
        CHECK_ERROR(init(NULL, sizeof options), WIREBIRD_ERROR_ARGUMENT, "options");              \
        CHECK_ERROR(init(&options, 0), WIREBIRD_ERROR_ARGUMENT, "size");                          \
        CHECK_ERROR(init(&options, 3), WIREBIRD_ERROR_ARGUMENT, "size");                          \
        CHECK_ERROR(init(&options, sizeof options + 1), WIREBIRD_ERROR_ARGUMENT, "size");         \
        memset(&options, 0x5a, sizeof options);                                                   \
        CHECK_OK(init(&options, 4));                                                              \
        CHECK_INT(options.size, 4);                                                               \
        CHECK_INT(((unsigned char *)&options)[4], 0x5a);                                          \
        CHECK_OK(init(&options, sizeof options));                                                 \
        CHECK_INT(options.size, sizeof options);                                                  \
    } while (0)

static void options_are_written_within_their_size(void)
{
    CHECK_INIT(wirebird_engine_options_t, wirebird_engine_options_init);
    CHECK_INIT(wirebird_queue_options_t, wirebird_queue_options_init);
    CHECK_INIT(wirebird_connection_options_t, wirebird_client_connection_options_init);
    CHECK_INIT(wirebird_connection_options_t, wirebird_server_connection_options_init);
    CHECK_INIT(wirebird_client_options_t, wirebird_client_options_init);
    CHECK_INIT(wirebird_server_options_t, wirebird_server_options_init);
    CHECK_INIT(wirebird_accept_options_t, wirebird_accept_options_init);
    CHECK_INIT(wirebird_stream_options_t, wirebird_stream_options_init);
    CHECK_INIT(wirebird_tls_options_t, wirebird_tls_client_options_init);
    CHECK_INIT(wirebird_tls_options_t, wirebird_tls_server_options_init);
}

static void documented_defaults_are_the_defaults(void)
{
    wirebird_connection_options_t client, server;
    CHECK_OK(wirebird_client_connection_options_init(&client, sizeof client));
    CHECK_OK(wirebird_server_connection_options_init(&server, sizeof server));
    CHECK_INT(client.max_message_size, 64 << 20);
    CHECK_INT(server.max_message_size, 1 << 20);
    CHECK_INT(client.max_frame_size, INT64_MAX);
    CHECK_INT(server.max_fragments, 131072);
    CHECK_INT(client.max_unsent, 64 << 20);
    CHECK_INT(server.max_unsent, 16 << 20);
    CHECK_INT(server.high_water, 1 << 20);
    CHECK_INT(client.ping_interval_ms, 0);
    CHECK_INT(server.ping_interval_ms, 25000);
    CHECK_INT(server.pong_timeout_ms, 20000);
    CHECK_INT(client.close_timeout_ms, 5000);
    CHECK_INT(client.want, 0);
    wirebird_client_options_t opening;
    CHECK_OK(wirebird_client_options_init(&opening, sizeof opening));
    CHECK_INT(opening.handshake_timeout_ms, 10000);
    CHECK_INT(opening.connect_timeout_ms, 0);
    CHECK_INT(opening.no_delay, 1);
    CHECK_INT(opening.keep_alive_idle_s, 0);
    CHECK_INT(opening.proxy_mode, WIREBIRD_PROXY_ENVIRONMENT);
    CHECK_INT(opening.max_redirects, 0);
    CHECK_INT(opening.local.family, 0);
    CHECK_INT(opening.cookies.id, 0);
    wirebird_queue_options_t queue;
    CHECK_OK(wirebird_queue_options_init(&queue, sizeof queue));
    CHECK_INT(queue.text, WIREBIRD_PAYLOAD_UTF8);
    CHECK_INT(queue.small_payload, 4096);
    CHECK_INT(queue.max_waiting, 1 << 20);
    wirebird_server_options_t listening;
    CHECK_OK(wirebird_server_options_init(&listening, sizeof listening));
    CHECK_INT(listening.max_connections, 10000);
    CHECK_INT(listening.max_handshakes, 256);
    CHECK_INT(listening.max_handshakes_per_address, 16);
    CHECK_INT(listening.max_header_size, 16384);
    CHECK_INT(listening.max_headers, 100);
    CHECK_INT(listening.handshake_timeout_ms, 10000);
    CHECK_INT(listening.descriptor, -1);
    CHECK_INT(listening.accept, WIREBIRD_ACCEPT_SAME_ORIGIN);
    CHECK_INT(listening.unix_path.length, 0);
    CHECK_INT(listening.unix_mode, 0);
}

static void options_of_a_wrong_size_are_refused(void)
{
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    wirebird_queue_t queue = { 77 };
    options.size = 0;
    CHECK_ERROR(wirebird_queue_new(&options, &queue), WIREBIRD_ERROR_ARGUMENT, "options->size");
    options.size = sizeof options + 8;
    CHECK_ERROR(wirebird_queue_new(&options, &queue), WIREBIRD_ERROR_ARGUMENT, "options->size");
    CHECK_INT(queue.id, 77);
}

#define REFUSED(call) CHECK_ERROR(call, WIREBIRD_ERROR_HANDLE, "handle")

static void refused_queue(wirebird_queue_t queue, wirebird_connection_t good)
{
    wirebird_event_t event;
    wirebird_client_options_t client;
    wirebird_server_options_t server;
    wirebird_connection_t connection;
    wirebird_server_t listening;
    CHECK_OK(wirebird_client_options_init(&client, sizeof client));
    CHECK_OK(wirebird_server_options_init(&server, sizeof server));
    client.url = text("ws://127.0.0.1:1/");
    REFUSED(wirebird_queue_next(queue, &event));
    REFUSED(wirebird_queue_flush(queue));
    REFUSED(wirebird_queue_wait(queue, 0));
    REFUSED(wirebird_client_open(queue, &client, &connection));
    REFUSED(wirebird_server_listen(queue, &server, &listening));
    if (queue.id)
        REFUSED(wirebird_connection_set_queue(good, queue));
    REFUSED(wirebird_queue_release(queue));
}

static void refused_server(wirebird_server_t server, wirebird_queue_t good)
{
    wirebird_address_t address;
    int64_t descriptor;
    uint64_t value;
    REFUSED(wirebird_server_address(server, &address));
    REFUSED(wirebird_server_descriptor(server, &descriptor));
    REFUSED(wirebird_server_pause(server));
    REFUSED(wirebird_server_resume(server));
    REFUSED(wirebird_server_set_queue(server, good));
    REFUSED(wirebird_server_set(server, WIREBIRD_SERVER_OPTION_MAX_HEADERS, 1));
    REFUSED(wirebird_server_get(server, WIREBIRD_SERVER_OPTION_MAX_HEADERS, &value));
    REFUSED(wirebird_server_close(server));
    REFUSED(wirebird_server_release(server));
}

static void refused_connection(wirebird_connection_t connection, wirebird_queue_t good)
{
    uint64_t value;
    wirebird_address_t address;
    wirebird_text_t view;
    wirebird_header_t header;
    uint16_t status;
    const uint16_t unit = 'x';
    counter_t *released = counter_new();
    REFUSED(wirebird_connection_accept(connection, NULL));
    REFUSED(wirebird_connection_refuse(connection, 403, NULL, 0, text("")));
    REFUSED(wirebird_connection_send_text(connection, "x", 1));
    REFUSED(wirebird_connection_send_utf16(connection, &unit, 1, NULL));
    REFUSED(wirebird_connection_send_binary(connection, "x", 1));
    REFUSED(wirebird_connection_send_shared(connection, WIREBIRD_PAYLOAD_BINARY, "x", 1,
                                            counter_add, released, NULL));
    counter_wait(released, 1);
    counter_free(released);
    REFUSED(wirebird_connection_ping(connection, "x", 1));
    REFUSED(wirebird_connection_close(connection, 1000, text("")));
    REFUSED(wirebird_connection_abort(connection));
    REFUSED(wirebird_connection_set_queue(connection, good));
    REFUSED(wirebird_connection_set_user_data(connection, NULL));
    REFUSED(wirebird_connection_pause(connection));
    REFUSED(wirebird_connection_resume(connection));
    REFUSED(wirebird_connection_set(connection, WIREBIRD_OPTION_HIGH_WATER, 1));
    REFUSED(wirebird_connection_get(connection, WIREBIRD_OPTION_HIGH_WATER, &value));
    REFUSED(wirebird_connection_addresses(connection, &address, NULL));
    REFUSED(wirebird_connection_subprotocol(connection, &view));
    REFUSED(wirebird_connection_response_body(connection, &view));
    REFUSED(wirebird_connection_target(connection, &view));
    REFUSED(wirebird_connection_header(connection, 0, &header));
    REFUSED(wirebird_connection_url(connection, &view));
    REFUSED(wirebird_connection_response(connection, 0, &status, &view));
    REFUSED(wirebird_connection_response_header(connection, 0, 0, &header));
    REFUSED(wirebird_connection_authenticate(connection, text("bird"), text("seed")));
    REFUSED(wirebird_connection_decline_authentication(connection));
    REFUSED(wirebird_connection_pause_handshake(connection));
    REFUSED(wirebird_connection_resume_handshake(connection));
    REFUSED(wirebird_connection_release(connection));
}

static void refused_jar(wirebird_cookie_jar_t jar)
{
    wirebird_text_t url = text("ws://127.0.0.1/");
    size_t length;
    REFUSED(wirebird_cookie_jar_set(jar, url, text("a=b")));
    REFUSED(wirebird_cookie_jar_get(jar, url, NULL, 0, &length));
    REFUSED(wirebird_cookie_jar_clear(jar));
    REFUSED(wirebird_cookie_jar_release(jar));
}

static void wrong_handles_are_refused_by_every_function(void)
{
    pair_t pair = open_pair();
    const uint64_t nonsense[] = { 0, 1, UINT64_MAX, UINT64_C(0x123456789abcdef0) };
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        refused_queue((wirebird_queue_t) { nonsense[i] }, pair.client_end);
        refused_server((wirebird_server_t) { nonsense[i] }, pair.server_queue);
        refused_connection((wirebird_connection_t) { nonsense[i] }, pair.client_queue);
        refused_jar((wirebird_cookie_jar_t) { nonsense[i] });
    }
    /* Handles of another type. */
    refused_queue((wirebird_queue_t) { pair.server.id }, pair.client_end);
    refused_queue((wirebird_queue_t) { pair.client_end.id }, pair.client_end);
    refused_server((wirebird_server_t) { pair.server_queue.id }, pair.server_queue);
    refused_server((wirebird_server_t) { pair.server_end.id }, pair.server_queue);
    refused_connection((wirebird_connection_t) { pair.server.id }, pair.client_queue);
    refused_connection((wirebird_connection_t) { pair.client_queue.id }, pair.client_queue);
    refused_jar((wirebird_cookie_jar_t) { pair.client_end.id });
    /* Stale ones. */
    wirebird_cookie_jar_t jar;
    CHECK_OK(wirebird_cookie_jar_new(&jar));
    refused_connection((wirebird_connection_t) { jar.id }, pair.client_queue);
    CHECK_OK(wirebird_cookie_jar_release(jar));
    refused_jar(jar);
    pair_t stale = pair;
    release_pair(&pair);
    pair = open_pair();
    refused_queue(stale.client_queue, pair.client_end);
    refused_server(stale.server, pair.server_queue);
    refused_connection(stale.client_end, pair.client_queue);
    refused_connection(stale.server_end, pair.client_queue);
    release_pair(&pair);
}

#define BAD(call, word) CHECK_ERROR(call, WIREBIRD_ERROR_ARGUMENT, word)

static void bad_arguments_of_queues_and_servers_are_named(void)
{
    wirebird_queue_t queue = new_queue(), other;
    BAD(wirebird_queue_new(NULL, NULL), "queue");
    BAD(wirebird_queue_next(queue, NULL), "event");
    BAD(wirebird_queue_dispatch(queue, 0, 0, NULL, NULL), "handler");
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    options.text = WIREBIRD_PAYLOAD_BINARY;
    BAD(wirebird_queue_new(&options, &other), "text");

    wirebird_server_options_t listening;
    wirebird_server_t server;
    CHECK_OK(wirebird_server_options_init(&listening, sizeof listening));
    BAD(wirebird_server_listen(queue, &listening, NULL), "server");
    listening.host = text("no address");
    BAD(wirebird_server_listen(queue, &listening, &server), "host");
    listening.host = text("192.0.2.1");
    CHECK_STATUS(wirebird_server_listen(queue, &listening, &server),
                 WIREBIRD_ERROR_ADDRESS_UNAVAILABLE);
    listening.host = text("127.0.0.1");
    listening.accept = 9;
    BAD(wirebird_server_listen(queue, &listening, &server), "accept");
    listening.accept = WIREBIRD_ACCEPT_ALL;
    listening.name = text("two\r\nlines");
    BAD(wirebird_server_listen(queue, &listening, &server), "name");
    listening.name = text("");
    CHECK_OK(wirebird_server_listen(queue, &listening, &server));
    BAD(wirebird_server_address(server, NULL), "address");
    BAD(wirebird_server_descriptor(server, NULL), "descriptor");
    wirebird_address_t address;
    CHECK_OK(wirebird_server_address(server, &address));
    listening.port = address.port;
    wirebird_server_t second;
    CHECK_STATUS(wirebird_server_listen(queue, &listening, &second),
                 WIREBIRD_ERROR_ADDRESS_IN_USE);
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

static void bad_arguments_of_clients_are_named(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_client_options_t options;
    wirebird_connection_t connection;
    CHECK_OK(wirebird_client_options_init(&options, sizeof options));
    options.url = text("ws://127.0.0.1/");
    /* NULL are the defaults, which have no URL. */
    CHECK_ERROR(wirebird_client_open(queue, NULL, &connection), WIREBIRD_ERROR_URL, "options");
    BAD(wirebird_client_open(queue, &options, NULL), "connection");

    const char *urls[] = { "", "ws://", "127.0.0.1", "ws://127.0.0.1/#part", "ws://a b/" };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        options.url = text(urls[i]);
        CHECK_STATUS(wirebird_client_open(queue, &options, &connection), WIREBIRD_ERROR_URL);
    }
    options.url = text("http://127.0.0.1/");
    CHECK_ERROR(wirebird_client_open(queue, &options, &connection), WIREBIRD_ERROR_SCHEME, "http");

    options.url = text("ws://127.0.0.1/");
    options.origin = text("http://a\r\nb");
    BAD(wirebird_client_open(queue, &options, &connection), "origin");
    options.origin = text("");
    wirebird_header_t header = { text("X-Two"), text("one\r\nX-Three: three") };
    options.headers = &header;
    options.header_count = 1;
    BAD(wirebird_client_open(queue, &options, &connection), "X-Two");
    header.name = text("not a name");
    header.value = text("");
    BAD(wirebird_client_open(queue, &options, &connection), "not a name");
    options.headers = NULL;
    BAD(wirebird_client_open(queue, &options, &connection), "headers");
    options.header_count = 0;
    wirebird_text_t subprotocol = text("two words");
    options.subprotocols = &subprotocol;
    options.subprotocol_count = 1;
    BAD(wirebird_client_open(queue, &options, &connection), "subprotocol");
    options.subprotocol_count = 0;

    options.proxy_mode = WIREBIRD_PROXY_URL;
    BAD(wirebird_client_open(queue, &options, &connection), "proxy_url");
    options.proxy_url = text("http://bird:secret%0d%0a@127.0.0.1/");
    BAD(wirebird_client_open(queue, &options, &connection), "proxy_url");
    CHECK(!strstr(wirebird_last_error(), "secret"));
    options.proxy_mode = WIREBIRD_PROXY_NONE;
    BAD(wirebird_client_open(queue, &options, &connection), "WIREBIRD_PROXY_URL");
    options.proxy_url = text("");
    options.user = text("bird\r\n");
    BAD(wirebird_client_open(queue, &options, &connection), "user");
    options.user = text("");
    options.unix_path = (wirebird_text_t) { "a\0b", 3 };
    BAD(wirebird_client_open(queue, &options, &connection), "NUL");
    CHECK_OK(wirebird_queue_release(queue));
}

static void bad_arguments_of_cookie_jars_are_named(void)
{
    wirebird_cookie_jar_t jar;
    BAD(wirebird_cookie_jar_new(NULL), "jar");
    CHECK_OK(wirebird_cookie_jar_new(&jar));
    wirebird_text_t url = text("ws://127.0.0.1/");
    size_t length = 7;
    char field[8] = "";
    BAD(wirebird_cookie_jar_get(jar, url, field, sizeof field, NULL), "length");
    BAD(wirebird_cookie_jar_get(jar, url, NULL, sizeof field, &length), "buffer");
    CHECK_INT(length, 7);
    BAD(wirebird_cookie_jar_set(jar, url, text("a=b\r\nX: y")), "set_cookie");
    CHECK_STATUS(wirebird_cookie_jar_set(jar, text("nowhere"), text("a=b")), WIREBIRD_ERROR_URL);
    CHECK_OK(wirebird_cookie_jar_set(jar, url, text("a=b; Path=/")));
    CHECK_OK(wirebird_cookie_jar_get(jar, url, field, sizeof field, &length));
    CHECK_BYTES(field, length, "a=b");
    CHECK_OK(wirebird_cookie_jar_clear(jar));
    CHECK_OK(wirebird_cookie_jar_get(jar, url, NULL, 0, &length));
    CHECK_INT(length, 0);
    CHECK_OK(wirebird_cookie_jar_release(jar));
}

static void bad_arguments_of_connections_are_named(void)
{
    pair_t pair = open_pair();
    wirebird_connection_t good = pair.client_end;
    uint64_t value = 5;
    BAD(wirebird_connection_send_text(good, NULL, 3), "data");
    BAD(wirebird_connection_send_binary(good, NULL, 3), "data");
    BAD(wirebird_connection_send_utf16(good, NULL, 3, NULL), "data");
    BAD(wirebird_connection_send_text(good, "\xff", 1), "UTF-8");
    BAD(wirebird_connection_ping(good, NULL, 3), "data");
    char long_ping[126] = { 0 };
    BAD(wirebird_connection_ping(good, long_ping, sizeof long_ping), "125");
    const uint16_t codes[] = { 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535 };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        BAD(wirebird_connection_close(good, codes[i], text("")), "code");
    BAD(wirebird_connection_set(good, 99, 1), "OPTION");
    BAD(wirebird_connection_set(good, WIREBIRD_OPTION_MAX_MESSAGE_SIZE, 0), "max_message_size");
    BAD(wirebird_connection_set(good, WIREBIRD_OPTION_WANT, 1024), "want");
    BAD(wirebird_connection_set(good, WIREBIRD_OPTION_UNSENT, 1), "read");
    BAD(wirebird_connection_get(good, 99, &value), "OPTION");
    BAD(wirebird_connection_get(good, WIREBIRD_OPTION_HIGH_WATER, NULL), "value");
    CHECK_INT(value, 5);
    BAD(wirebird_connection_subprotocol(good, NULL), "subprotocol");
    BAD(wirebird_connection_target(good, NULL), "target");
    BAD(wirebird_connection_header(good, 0, NULL), "header");
    BAD(wirebird_connection_url(good, NULL), "url");
    wirebird_text_t view;
    wirebird_header_t header;
    uint16_t status;
    BAD(wirebird_connection_response(good, 0, NULL, &view), "status");
    BAD(wirebird_connection_response(good, 0, &status, NULL), "url");
    BAD(wirebird_connection_response_header(good, 0, 0, NULL), "header");
    CHECK_STATUS(wirebird_connection_response(good, 0, &status, &view), WIREBIRD_EMPTY);
    CHECK_STATUS(wirebird_connection_response_header(good, 0, 0, &header), WIREBIRD_EMPTY);
    CHECK_STATUS(wirebird_connection_authenticate(good, text("bird"), text("seed")),
                 WIREBIRD_ERROR_STATE);
    CHECK_STATUS(wirebird_connection_decline_authentication(good), WIREBIRD_ERROR_STATE);
    CHECK_STATUS(wirebird_connection_accept(good, NULL), WIREBIRD_ERROR_STATE);
    CHECK_STATUS(wirebird_connection_refuse(good, 403, NULL, 0, text("")), WIREBIRD_ERROR_STATE);
    release_pair(&pair);
}

static void settings_are_kept(void)
{
    pair_t pair = open_pair();
    uint64_t value = 0;
    for (uint32_t option = 1; option <= 9; option++) {
        CHECK_OK(wirebird_connection_set(pair.client_end, option, 4242 + option));
        CHECK_OK(wirebird_connection_get(pair.client_end, option, &value));
        CHECK_INT(value, 4242 + option);
    }
    CHECK_OK(wirebird_connection_get(pair.client_end, WIREBIRD_OPTION_ROUND_TRIP, &value));
    CHECK_INT(value, 0);
    release_pair(&pair);
}

int main(void)
{
    RUN(versions_are_those_of_the_header);
    RUN(every_status_has_a_text);
    RUN(options_are_written_within_their_size);
    RUN(documented_defaults_are_the_defaults);
    RUN(options_of_a_wrong_size_are_refused);
    RUN(wrong_handles_are_refused_by_every_function);
    RUN(bad_arguments_of_queues_and_servers_are_named);
    RUN(bad_arguments_of_clients_are_named);
    RUN(bad_arguments_of_cookie_jars_are_named);
    RUN(bad_arguments_of_connections_are_named);
    RUN(settings_are_kept);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
