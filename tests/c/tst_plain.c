/* Plain HTTP at a server: requests, answers, bodies in pieces, and what goes wrong. The client's
 * bytes are carried by hand. */
#include "fixture.h"

static wirebird_queue_t queue;
static wirebird_server_t server;

static void begin(void)
{
    wirebird_server_options_t options;
    CHECK_OK(wirebird_server_options_init(&options, sizeof options));
    CHECK_INT(options.http, WIREBIRD_HTTP_REFUSE);
    options.descriptor = WIREBIRD_NO_SOCKET;
    options.http = WIREBIRD_HTTP_ASK;
    options.health_path = text("/healthz");
    CHECK_OK(wirebird_queue_new(NULL, &queue));
    CHECK_OK(wirebird_server_listen(queue, &options, &server));
}

static void end(void)
{
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

static wirebird_stream_t ask(const char *request)
{
    wirebird_stream_t stream;
    size_t taken;
    CHECK_OK(wirebird_server_attach(server, NULL, &stream));
    CHECK_OK(wirebird_stream_give(stream, request, strlen(request), &taken));
    CHECK_INT(taken, strlen(request));
    return stream;
}

static wirebird_event_t next(uint32_t kind)
{
    wirebird_event_t event;
    do
        CHECK_OK(wirebird_queue_wait(queue, PATIENCE_MS));
    while (wirebird_queue_next(queue, &event) != WIREBIRD_OK);
    CHECK_INT(event.kind, kind);
    return event;
}

/* Takes until the engine's direction of the stream ends. */
static const char *taken(wirebird_stream_t stream)
{
    static char answer[65536];
    size_t length = 0, count;
    for (;;) {
        wirebird_status_t status =
            wirebird_stream_take(stream, answer + length, sizeof answer - 1 - length, &count);
        if (status == WIREBIRD_END || status == WIREBIRD_OVER || status == WIREBIRD_RESET)
            break;
        if (status == WIREBIRD_EMPTY)
            wirebird_queue_wait(queue, 1);
        length += count;
        CHECK(length < sizeof answer - 1);
    }
    answer[length] = 0;
    CHECK_OK(wirebird_stream_release(stream));
    return answer;
}

static void a_request_is_answered(void)
{
    wirebird_text_t found;
    wirebird_header_t header;
    wirebird_response_options_t options;
    const wirebird_header_t fields[] = {{{"Content-Type", 12}, {"text/plain", 10}}};
    begin();
    wirebird_stream_t stream = ask("PUT /a?b=c HTTP/1.1\r\nHost: example.org\r\n"
                                   "Connection: close\r\nContent-Length: 3\r\n\r\nxyz");
    wirebird_event_t event = next(WIREBIRD_EVENT_HTTP_REQUEST);
    CHECK_INT(event.value, 3);
    CHECK_INT(event.server.id, server.id);
    CHECK_OK(wirebird_request_method(event.request, &found));
    CHECK_BYTES(found.data, found.length, "PUT");
    CHECK_OK(wirebird_request_target(event.request, &found));
    CHECK_BYTES(found.data, found.length, "/a?b=c");
    CHECK_OK(wirebird_request_path(event.request, &found));
    CHECK_BYTES(found.data, found.length, "/a");
    CHECK_OK(wirebird_request_query(event.request, &found));
    CHECK_BYTES(found.data, found.length, "b=c");
    CHECK_OK(wirebird_request_host(event.request, &found));
    CHECK_BYTES(found.data, found.length, "example.org");
    CHECK_OK(wirebird_request_body(event.request, &found));
    CHECK_BYTES(found.data, found.length, "xyz");
    CHECK_OK(wirebird_request_header(event.request, 0, &header));
    CHECK_BYTES(header.name.data, header.name.length, "host");
    CHECK_STATUS(wirebird_request_header(event.request, 99, &header), WIREBIRD_EMPTY);
    CHECK_OK(wirebird_response_options_init(&options, sizeof options));
    CHECK_INT(options.status, 200);
    options.status = 99;
    CHECK_ERROR(wirebird_request_answer(event.request, &options, "x", 1), WIREBIRD_ERROR_ARGUMENT,
                "status");
    CHECK_ERROR(wirebird_request_answer(event.request, NULL, NULL, 1), WIREBIRD_ERROR_ARGUMENT,
                "data");
    CHECK_ERROR(wirebird_request_body(event.request, NULL), WIREBIRD_ERROR_ARGUMENT, "body");
    options.status = 201;
    options.headers = fields;
    options.header_count = 1;
    CHECK_OK(wirebird_request_answer(event.request, &options, "made", 4));
    CHECK_STATUS(wirebird_request_answer(event.request, NULL, NULL, 0), WIREBIRD_ERROR_HANDLE);
    const char *answer = taken(stream);
    CHECK(!strncmp(answer, "HTTP/1.1 201 Created\r\n", 22));
    CHECK(strstr(answer, "content-type: text/plain\r\n"));
    CHECK(!strcmp(strstr(answer, "\r\n\r\n"), "\r\n\r\nmade"));
    end();
}

static int given_back;

static void give_back(void *context)
{
    CHECK(context == &given_back);
    ++given_back;
}

static void a_body_may_be_lent_or_come_in_pieces(void)
{
    uint64_t unsent;
    begin();
    wirebird_stream_t stream = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    wirebird_event_t event = next(WIREBIRD_EVENT_HTTP_REQUEST);
    CHECK_OK(wirebird_request_answer_shared(event.request, NULL, "lent", 4, give_back, &given_back));
    CHECK(strstr(taken(stream), "\r\n\r\nlent"));
    stream = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    event = next(WIREBIRD_EVENT_HTTP_REQUEST);
    CHECK_STATUS(wirebird_request_write(event.request, "x", 1, NULL), WIREBIRD_ERROR_STATE);
    CHECK_OK(wirebird_request_begin(event.request, NULL));
    CHECK_OK(wirebird_request_write(event.request, "one", 3, &unsent));
    CHECK(unsent >= 3);
    CHECK_OK(wirebird_request_write(event.request, "two", 3, NULL));
    CHECK_OK(wirebird_request_finish(event.request));
    CHECK_STATUS(wirebird_request_finish(event.request), WIREBIRD_ERROR_HANDLE);
    const char *answer = taken(stream);
    CHECK(strstr(answer, "one") && strstr(answer, "two"));
    CHECK(!strcmp(answer + strlen(answer) - 5, "0\r\n\r\n"));
    CHECK_INT(given_back, 1);
    end();
}

static void what_is_not_answered_ends(void)
{
    begin();
    wirebird_stream_t stream = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    wirebird_event_t event = next(WIREBIRD_EVENT_HTTP_REQUEST);
    CHECK_OK(wirebird_request_release(event.request));
    CHECK(!strncmp(taken(stream), "HTTP/1.1 500 ", 13));
    CHECK_INT(next(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 500);
    stream = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    event = next(WIREBIRD_EVENT_HTTP_REQUEST);
    CHECK_OK(wirebird_request_set_user_data(event.request, &given_back));
    CHECK_OK(wirebird_stream_release(stream));
    wirebird_event_t over = next(WIREBIRD_EVENT_HTTP_OVER);
    CHECK_INT(over.request.id, event.request.id);
    CHECK(over.user_data == &given_back);
    CHECK_INT(over.status, WIREBIRD_ERROR_CONNECTION_LOST);
    CHECK_STATUS(wirebird_request_answer(event.request, NULL, NULL, 0), WIREBIRD_ERROR_HANDLE);
    stream = ask("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(strstr(taken(stream), "\r\n\r\nok\n"));
    end();
}

int main(void)
{
    RUN(a_request_is_answered);
    RUN(a_body_may_be_lent_or_come_in_pieces);
    RUN(what_is_not_answered_ends);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
