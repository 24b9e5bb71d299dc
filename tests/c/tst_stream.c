/* A client and a server without sockets: this program carries the bytes between them, on the
 * thread that takes the events. */
#include "fixture.h"

#include <threads.h>

/* Rung by every wake-up. */
typedef struct {
    mtx_t lock;
    cnd_t rung;
    int rings;
} bell_t;

static bell_t bell;

static void ring(void *context)
{
    CHECK(context == &bell);
    mtx_lock(&bell.lock);
    bell.rings++;
    cnd_signal(&bell.rung);
    mtx_unlock(&bell.lock);
}

static void wait_for_bell(void)
{
    mtx_lock(&bell.lock);
    while (!bell.rings)
        cnd_wait(&bell.rung, &bell.lock);
    bell.rings = 0;
    mtx_unlock(&bell.lock);
}

/* What comes out of one stream goes into the other. */
typedef struct {
    wirebird_stream_t from, to;
    unsigned char bytes[1000];
    size_t length;
    wirebird_status_t end;
} direction_t;

/* Carries what can be carried now. */
static void carry(direction_t *way)
{
    for (;;) {
        size_t taken = 0;
        if (way->length) {
            CHECK_OK(wirebird_stream_give(way->to, way->bytes, way->length, &taken));
            way->length -= taken;
            memmove(way->bytes, way->bytes + taken, way->length);
            if (way->length)
                return;
        }
        wirebird_status_t status =
            wirebird_stream_take(way->from, way->bytes, sizeof way->bytes, &way->length);
        if (status == WIREBIRD_OK)
            continue;
        CHECK_INT(way->length, 0);
        if (status != WIREBIRD_EMPTY && way->end == WIREBIRD_OK)
            CHECK_OK(wirebird_stream_give_end(way->to));
        if (status != WIREBIRD_EMPTY)
            way->end = status;
        return;
    }
}

static direction_t there, back;

/* Carries until there is an event. */
static wirebird_event_t carry_until(wirebird_queue_t queue)
{
    for (;;) {
        wirebird_event_t event;
        carry(&there);
        carry(&back);
        if (wirebird_queue_next(queue, &event) == WIREBIRD_OK)
            return event;
        wait_for_bell();
    }
}

/* Carries until this kind of event, others left out. */
static wirebird_event_t carry_until_kind(wirebird_queue_t queue, uint32_t kind)
{
    for (;;) {
        wirebird_event_t event = carry_until(queue);
        if (event.kind == kind)
            return event;
    }
}

static uint32_t next_mask(void *context)
{
    return *(uint32_t *)context += 0x01000193;
}

static void a_conversation_is_carried(void)
{
    wirebird_queue_options_t queue_options;
    CHECK_OK(wirebird_queue_options_init(&queue_options, sizeof queue_options));
    queue_options.wake = ring;
    queue_options.context = &bell;
    wirebird_queue_t queue;
    CHECK_OK(wirebird_queue_new(&queue_options, &queue));

    wirebird_server_options_t server_options;
    CHECK_OK(wirebird_server_options_init(&server_options, sizeof server_options));
    server_options.descriptor = WIREBIRD_NO_SOCKET;
    wirebird_server_t server;
    CHECK_OK(wirebird_server_listen(queue, &server_options, &server));

    counter_t *drops = counter_new();
    uint32_t seed = 6455;
    wirebird_client_options_t client_options;
    CHECK_OK(wirebird_client_options_init(&client_options, sizeof client_options));
    client_options.url = text("ws://example.org/");
    client_options.next_mask = next_mask;
    client_options.mask_context = &seed;
    wirebird_stream_options_t stream_options;
    CHECK_OK(wirebird_stream_options_init(&stream_options, sizeof stream_options));
    CHECK_INT(stream_options.buffer_size, 65536);
    CHECK_INT(stream_options.handshake_timeout_ms, -1);
    stream_options.wake = ring;
    stream_options.context = &bell;

    wirebird_connection_t client;
    CHECK_OK(wirebird_client_attach(queue, &client_options, &stream_options, &client, &there.from));
    CHECK_OK(wirebird_server_attach(server, &stream_options, &there.to));
    back.from = there.to;
    back.to = there.from;
    /* A third one shows when what it was made with is dropped. */
    stream_options.wake = NULL;
    stream_options.drop = counter_add;
    stream_options.context = drops;
    wirebird_stream_t unused;
    CHECK_OK(wirebird_server_attach(server, &stream_options, &unused));

    wirebird_connection_t server_end = { 0 };
    int opened = 0;
    while (!server_end.id || !opened) {
        wirebird_event_t event = carry_until(queue);
        if (event.kind == WIREBIRD_EVENT_ACCEPTED)
            server_end = event.connection;
        else
            CHECK_INT(event.kind, WIREBIRD_EVENT_OPENED);
        opened += event.kind == WIREBIRD_EVENT_OPENED;
    }
    static unsigned char message[1 << 20];
    for (size_t place = 0; place < sizeof message; place++)
        message[place] = (unsigned char)(place * 7 >> 2);
    CHECK_OK(wirebird_connection_send_binary(client, message, sizeof message));
    wirebird_event_t event = carry_until_kind(queue, WIREBIRD_EVENT_BINARY);
    CHECK(event.connection.id == server_end.id);
    CHECK_INT(event.length, sizeof message);
    CHECK(memcmp(event.data, message, sizeof message) == 0);
    CHECK_OK(wirebird_connection_send_binary(server_end, message, sizeof message));
    event = carry_until_kind(queue, WIREBIRD_EVENT_BINARY);
    CHECK(event.connection.id == client.id);
    CHECK(event.length == sizeof message && memcmp(event.data, message, sizeof message) == 0);

    CHECK_OK(wirebird_connection_close(client, 4000, text("enough")));
    CHECK_INT(carry_until_kind(queue, WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
    CHECK_INT(carry_until_kind(queue, WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
    while (there.end != WIREBIRD_OVER || back.end != WIREBIRD_OVER) {
        wait_for_bell();
        carry(&there);
        carry(&back);
    }

    CHECK_INT(counter_value(drops), 0);
    CHECK_OK(wirebird_stream_release(unused));
    CHECK_ERROR(wirebird_stream_release(unused), WIREBIRD_ERROR_HANDLE, "stream");
    counter_wait(drops, 1);
    CHECK_OK(wirebird_stream_release(there.from));
    CHECK_OK(wirebird_stream_release(there.to));
    CHECK_OK(wirebird_connection_release(client));
    CHECK_OK(wirebird_connection_release(server_end));
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
    counter_free(drops);
}

#define BAD(call, word) CHECK_ERROR(call, WIREBIRD_ERROR_ARGUMENT, word)

static void refused(wirebird_stream_t stream)
{
    size_t taken = 7;
    char byte = 'x';
    CHECK_ERROR(wirebird_stream_give(stream, &byte, 1, &taken), WIREBIRD_ERROR_HANDLE, "stream");
    CHECK_ERROR(wirebird_stream_give_end(stream), WIREBIRD_ERROR_HANDLE, "stream");
    CHECK_ERROR(wirebird_stream_take(stream, &byte, 1, &taken), WIREBIRD_ERROR_HANDLE, "stream");
    CHECK_ERROR(wirebird_stream_fail(stream, text("no")), WIREBIRD_ERROR_HANDLE, "stream");
    CHECK_ERROR(wirebird_stream_release(stream), WIREBIRD_ERROR_HANDLE, "stream");
    CHECK_INT(taken, 7);
    CHECK_INT(byte, 'x');
}

static void wrong_handles_and_arguments_are_refused(void)
{
    wirebird_queue_t queue = new_queue();
    wirebird_server_options_t options;
    CHECK_OK(wirebird_server_options_init(&options, sizeof options));
    options.descriptor = WIREBIRD_NO_SOCKET;
    wirebird_server_t server;
    CHECK_OK(wirebird_server_listen(queue, &options, &server));
    wirebird_stream_t stream;
    BAD(wirebird_server_attach(server, NULL, NULL), "stream");
    CHECK_OK(wirebird_server_attach(server, NULL, &stream));

    size_t taken = 7;
    BAD(wirebird_stream_give(stream, "x", 1, NULL), "taken");
    BAD(wirebird_stream_give(stream, NULL, 1, &taken), "data");
    BAD(wirebird_stream_take(stream, &taken, 1, NULL), "taken");
    BAD(wirebird_stream_take(stream, NULL, 1, &taken), "buffer");
    BAD(wirebird_stream_fail(stream, (wirebird_text_t) { "\xff", 1 }), "message");
    CHECK_INT(taken, 7);
    CHECK_STATUS(wirebird_stream_take(stream, NULL, 0, &taken), WIREBIRD_EMPTY);
    CHECK_OK(wirebird_stream_give(stream, NULL, 0, &taken));
    CHECK_INT(taken, 0);

    wirebird_client_options_t client;
    wirebird_connection_t connection = { 0 };
    wirebird_stream_t none = { 0 };
    CHECK_OK(wirebird_client_options_init(&client, sizeof client));
    client.url = text("ws://example.org/");
    BAD(wirebird_client_attach(queue, &client, NULL, &connection, NULL), "stream");
    BAD(wirebird_client_attach(queue, &client, NULL, NULL, &none), "connection");
    CHECK_ERROR(wirebird_client_attach((wirebird_queue_t) { stream.id }, &client, NULL,
                                       &connection, &none),
                WIREBIRD_ERROR_HANDLE, "queue");
    CHECK_ERROR(wirebird_server_attach((wirebird_server_t) { stream.id }, NULL, &none),
                WIREBIRD_ERROR_HANDLE, "server");
    CHECK(!connection.id && !none.id);

    refused((wirebird_stream_t) { 0 });
    refused((wirebird_stream_t) { UINT64_MAX });
    refused((wirebird_stream_t) { server.id });
    refused((wirebird_stream_t) { queue.id });
    CHECK_OK(wirebird_stream_release(stream));
    refused(stream);
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

int main(void)
{
    CHECK(mtx_init(&bell.lock, mtx_plain) == thrd_success);
    CHECK(cnd_init(&bell.rung) == thrd_success);
    RUN(wrong_handles_and_arguments_are_refused);
    RUN(a_conversation_is_carried);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
