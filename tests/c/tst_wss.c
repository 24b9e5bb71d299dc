/* wss:// from C: a server and clients that trust its certificate, or are asked about it. */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

static char folder[] = "/tmp/wirebird-tls-XXXXXX";
static char certificate_file[64], key_file[64];

/* A certificate of localhost that is its own issuer. */
static void make_certificate(void)
{
    char command[512];
    CHECK(mkdtemp(folder));
    snprintf(certificate_file, sizeof certificate_file, "%s/own.pem", folder);
    snprintf(key_file, sizeof key_file, "%s/key.pem", folder);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
             "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout %s -out %s "
             "2>/dev/null",
             key_file, certificate_file);
    CHECK_INT(system(command), 0);
}

static void remove_certificate(void)
{
    remove(certificate_file);
    remove(key_file);
    remove(folder);
}

static wirebird_tls_t server_tls(void)
{
    wirebird_tls_options_t options;
    wirebird_tls_t tls;
    CHECK_OK(wirebird_tls_server_options_init(&options, sizeof options));
    options.certificate_file = text(certificate_file);
    options.key_file = text(key_file);
    CHECK_OK(wirebird_tls_server_new(&options, &tls));
    return tls;
}

/* Trusts that certificate, or nobody. */
static wirebird_tls_t client_tls(bool trusts)
{
    wirebird_tls_options_t options;
    wirebird_tls_t tls;
    wirebird_text_t file = text(certificate_file);
    CHECK_OK(wirebird_tls_client_options_init(&options, sizeof options));
    options.system_roots = 0;
    options.ca_files = &file;
    options.ca_file_count = trusts ? 1 : 0;
    CHECK_OK(wirebird_tls_client_new(&options, &tls));
    return tls;
}

static wirebird_server_t listen_with_tls(wirebird_queue_t queue, char *url)
{
    wirebird_server_options_t options;
    wirebird_server_t server;
    wirebird_address_t address;
    wirebird_tls_t tls = server_tls();
    CHECK_OK(wirebird_server_options_init(&options, sizeof options));
    options.tls = tls;
    CHECK_OK(wirebird_server_listen(queue, &options, &server));
    CHECK_OK(wirebird_tls_release(tls));
    CHECK_OK(wirebird_server_address(server, &address));
    snprintf(url, 64, "wss://localhost:%u/", (unsigned)address.port);
    return server;
}

static wirebird_connection_t open_with_tls(wirebird_queue_t queue, const char *url,
                                           wirebird_tls_t tls, uint32_t want)
{
    wirebird_connection_options_t connection_options;
    wirebird_client_options_t options;
    wirebird_connection_t connection;
    CHECK_OK(wirebird_client_connection_options_init(&connection_options,
                                                     sizeof connection_options));
    connection_options.want = want;
    CHECK_OK(wirebird_client_options_init(&options, sizeof options));
    options.url = text(url);
    options.connection = &connection_options;
    options.tls = tls;
    CHECK_OK(wirebird_client_open(queue, &options, &connection));
    CHECK_OK(wirebird_tls_release(tls));
    return connection;
}

static void a_trusted_server_is_talked_to(void)
{
    char url[64];
    wirebird_queue_t serving = new_queue(), queue = new_queue();
    wirebird_server_t server = listen_with_tls(serving, url);
    wirebird_connection_t client = open_with_tls(queue, url, client_tls(true), 0);
    wirebird_connection_t accepted = expect_event(serving, WIREBIRD_EVENT_ACCEPTED).connection;
    expect_event(queue, WIREBIRD_EVENT_OPENED);

    CHECK_OK(wirebird_connection_send_text(client, "Hello", 5));
    wirebird_event_t event = expect_event(serving, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "Hello");

    wirebird_tls_info_t info = { .size = sizeof info };
    CHECK_OK(wirebird_connection_tls_info(client, &info));
    CHECK_INT(info.version, WIREBIRD_TLS_1_3);
    CHECK_BYTES(info.alpn.data, info.alpn.length, "http/1.1");
    CHECK_BYTES(info.server_name.data, info.server_name.length, "localhost");
    CHECK_INT(info.certificate_count, 1);
    CHECK_INT(info.error_count, 0);
    wirebird_bytes_t der;
    CHECK_OK(wirebird_connection_tls_certificate(client, 0, &der));
    CHECK_INT(der.data[0], 0x30);
    CHECK_STATUS(wirebird_connection_tls_certificate(client, 1, &der), WIREBIRD_EMPTY);

    CHECK_OK(wirebird_connection_release(client));
    CHECK_OK(wirebird_connection_release(accepted));
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(serving));
    CHECK_OK(wirebird_queue_release(queue));
}

static void an_unknown_server_is_refused_or_asked_about(void)
{
    char url[64];
    wirebird_queue_t serving = new_queue(), queue = new_queue();
    wirebird_server_t server = listen_with_tls(serving, url);
    wirebird_connection_t client = open_with_tls(queue, url, client_tls(false), 0);
    wirebird_event_t event = expect_event(queue, WIREBIRD_EVENT_CLOSED);
    CHECK_INT(event.status, WIREBIRD_ERROR_CERTIFICATE);
    CHECK_INT(event.detail, WIREBIRD_TLS_ERROR_SELF_SIGNED);
    CHECK_INT(expect_event(serving, WIREBIRD_EVENT_HANDSHAKE_FAILED).status, WIREBIRD_ERROR_TLS);
    CHECK_OK(wirebird_connection_release(client));

    client = open_with_tls(queue, url, client_tls(false), WIREBIRD_WANT_TLS_ERRORS);
    expect_event(queue, WIREBIRD_EVENT_TLS_ERRORS);
    wirebird_tls_error_t error;
    CHECK_OK(wirebird_connection_tls_error(client, 0, &error));
    CHECK_INT(error.error, WIREBIRD_TLS_ERROR_SELF_SIGNED);
    CHECK_STATUS(wirebird_connection_tls_error(client, 1, &error), WIREBIRD_EMPTY);
    CHECK_ERROR(wirebird_connection_tls_continue(client, 7), WIREBIRD_ERROR_ARGUMENT, "verdict");
    CHECK_OK(wirebird_connection_tls_continue(client, WIREBIRD_TLS_ACCEPT));
    CHECK_STATUS(wirebird_connection_tls_continue(client, WIREBIRD_TLS_ACCEPT),
                 WIREBIRD_ERROR_STATE);
    expect_event(queue, WIREBIRD_EVENT_OPENED);
    CHECK_OK(wirebird_connection_release(client));
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(serving));
    CHECK_OK(wirebird_queue_release(queue));
}

static void wrong_handles_and_arguments_give_errors(void)
{
    wirebird_tls_t zero = { 0 }, tls = client_tls(true);
    CHECK_STATUS(wirebird_tls_release(zero), WIREBIRD_ERROR_HANDLE);
    CHECK_OK(wirebird_tls_release(tls));
    CHECK_STATUS(wirebird_tls_release(tls), WIREBIRD_ERROR_HANDLE);
    CHECK_ERROR(wirebird_tls_client_new(NULL, NULL), WIREBIRD_ERROR_ARGUMENT, "tls");
    CHECK_ERROR(wirebird_tls_server_new(NULL, &tls), WIREBIRD_ERROR_ARGUMENT, "certificate");
    CHECK_OK(wirebird_tls_client_new(NULL, &tls));
    CHECK_OK(wirebird_tls_release(tls));
}

int main(void)
{
    make_certificate();
    RUN(a_trusted_server_is_talked_to);
    RUN(an_unknown_server_is_refused_or_asked_about);
    RUN(wrong_handles_and_arguments_give_errors);
    remove_certificate();
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
