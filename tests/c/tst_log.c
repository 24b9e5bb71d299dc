/* The log: levels, categories, connections' numbers, and no secrets. */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <pthread.h>

/* Records, a line each: "3 connection 17 text". Taken from any thread. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char lines[1 << 20];
static size_t length;
static wirebird_status_t nested;

static void keep(void *context, const wirebird_log_record_t *record)
{
    char line[4096];
    int count = snprintf(line, sizeof line, "%u %.*s %llu %.*s\n", record->level,
                         (int)record->category.length, record->category.data,
                         (unsigned long long)record->connection, (int)record->text.length,
                         record->text.data);
    (void)context;
    pthread_mutex_lock(&mutex);
    CHECK(record->size == sizeof *record);
    CHECK(count > 0 && (size_t)count < sizeof line && length + (size_t)count < sizeof lines);
    memcpy(lines + length, line, (size_t)count + 1);
    length += (size_t)count;
    pthread_mutex_unlock(&mutex);
}

static void keep_and_call(void *context, const wirebird_log_record_t *record)
{
    keep(context, record);
    nested = wirebird_log(NULL, NULL, WIREBIRD_LOG_OFF);
}

static void listen_from(uint32_t level)
{
    CHECK_OK(wirebird_log(NULL, NULL, WIREBIRD_LOG_OFF));
    length = 0;
    lines[0] = 0;
    CHECK_OK(wirebird_log(keep, NULL, level));
}

static bool logged(const char *what)
{
    bool found;
    pthread_mutex_lock(&mutex);
    found = strstr(lines, what) != NULL;
    pthread_mutex_unlock(&mutex);
    return found;
}

static void expect_logged(const char *what)
{
    if (!logged(what))
        CHECK_FAIL("\"%s\" was not logged, but this:\n%s", what, lines);
}

static void expect_not_logged(const char *what)
{
    if (logged(what))
        CHECK_FAIL("\"%s\" was logged:\n%s", what, lines);
}

/* One connection with a message each way, closed by the client. */
static void converse(wirebird_queue_t queue, wirebird_connection_t client)
{
    wirebird_connection_t server_end = { 0 };
    bool opened = false;
    while (!opened || !server_end.id) {
        wirebird_event_t event = next_event(queue);
        opened = opened || event.kind == WIREBIRD_EVENT_OPENED;
        if (event.kind == WIREBIRD_EVENT_ACCEPTED)
            server_end = event.connection;
    }
    CHECK_OK(wirebird_connection_send_text(client, "payload-secret", 14));
    expect_event(queue, WIREBIRD_EVENT_TEXT);
    CHECK_OK(wirebird_connection_close(client, 1000, text("reason-secret")));
    for (int closed = 0; closed < 2;)
        closed += next_event(queue).kind == WIREBIRD_EVENT_CLOSED;
    CHECK_OK(wirebird_connection_release(client));
    CHECK_OK(wirebird_connection_release(server_end));
}

static void test_steps_of_a_connection_carry_its_number(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_server_t server;
    wirebird_connection_t client;
    char url[64], line[128];
    uint64_t number = 0;
    listen_from(WIREBIRD_LOG_DEBUG);
    server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    client = open_client(queue, url);
    CHECK_OK(wirebird_connection_get(client, WIREBIRD_OPTION_NUMBER, &number));
    CHECK(number > 0);
    CHECK_ERROR(wirebird_connection_set(client, WIREBIRD_OPTION_NUMBER, 1), WIREBIRD_ERROR_ARGUMENT,
                "read");
    converse(queue, client);
    snprintf(line, sizeof line, "4 connection %llu opened", (unsigned long long)number);
    expect_logged(line);
    snprintf(line, sizeof line, "4 connection %llu closed code=1000", (unsigned long long)number);
    expect_logged(line);
    expect_logged("3 server 0 listening address=127.0.0.1:");
    expect_not_logged("\n5 ");
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

static void test_less_urgent_records_are_left_out(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_server_t server;
    char url[64];
    listen_from(WIREBIRD_LOG_INFO);
    server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    converse(queue, open_client(queue, url));
    expect_logged("3 server 0 listening");
    expect_not_logged("opened");
    CHECK_OK(wirebird_server_release(server));
    listen_from(WIREBIRD_LOG_TRACE);
    server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    converse(queue, open_client(queue, url));
    expect_logged("5 frame ");
    expect_logged("sends data bytes=14");
    expect_logged("received data kind=Text bytes=14");
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

static void test_nothing_is_logged_any_more(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_server_t server;
    char url[64];
    listen_from(WIREBIRD_LOG_TRACE);
    CHECK_OK(wirebird_log(NULL, NULL, WIREBIRD_LOG_TRACE));
    server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    converse(queue, open_client(queue, url));
    CHECK_OK(wirebird_log(keep, NULL, WIREBIRD_LOG_OFF));
    converse(queue, open_client(queue, url));
    CHECK_INT(length, 0);
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

/* Wherever a program puts secrets; the last connection fails as well. */
static void test_secrets_are_not_logged(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_server_t server;
    wirebird_client_options_t options;
    wirebird_connection_t client;
    wirebird_header_t headers[2] = { { text("Cookie"), text("session=cookie-secret") },
                                     { text("X-Key"), text("header-secret") } };
    char url[64], with_query[256];
    listen_from(WIREBIRD_LOG_TRACE);
    server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    snprintf(with_query, sizeof with_query, "%s/prices?token=query-secret", url);
    CHECK_OK(wirebird_client_options_init(&options, sizeof options));
    options.url = text(with_query);
    options.user = text("user-secret");
    options.password = text("password-secret");
    options.headers = headers;
    options.header_count = 2;
    CHECK_OK(wirebird_client_open(queue, &options, &client));
    converse(queue, client);
    expect_logged("/prices?\xe2\x80\xa6");
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_client_open(queue, &options, &client));
    expect_event(queue, WIREBIRD_EVENT_CLOSED);
    expect_logged("closed code=1006 failure=");
    expect_not_logged("secret");
    CHECK_OK(wirebird_connection_release(client));
    CHECK_OK(wirebird_queue_release(queue));
}

static void test_misuse_is_refused(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_server_t server;
    char url[64];
    CHECK_ERROR(wirebird_log(keep, NULL, 6), WIREBIRD_ERROR_ARGUMENT, "level");
    listen_from(WIREBIRD_LOG_OFF);
    CHECK_OK(wirebird_log(keep_and_call, NULL, WIREBIRD_LOG_INFO));
    server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    CHECK_INT(nested, WIREBIRD_ERROR_STATE);
    expect_logged("listening");
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_log(NULL, NULL, WIREBIRD_LOG_OFF));
    CHECK_OK(wirebird_queue_release(queue));
}

int main(void)
{
    RUN(test_steps_of_a_connection_carry_its_number);
    RUN(test_less_urgent_records_are_left_out);
    RUN(test_nothing_is_logged_any_more);
    RUN(test_secrets_are_not_logged);
    RUN(test_misuse_is_refused);
    CHECK_OK(wirebird_shutdown(10000));
    return 0;
}
