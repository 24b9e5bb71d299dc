/* Large payloads in objects that the host makes: every object is destroyed by exactly one side. */
#include "fixture.h"

#include <stdatomic.h>

typedef struct {
    size_t length;
    uint32_t payload;
    void *bytes;
} object_t;

static atomic_int created, destroyed;
static atomic_bool exhausted;

static size_t width(uint32_t payload)
{
    return payload == WIREBIRD_PAYLOAD_UTF16 ? 2 : 1;
}

static void *create(void *context, uint32_t payload, size_t length)
{
    if (exhausted)
        return NULL;
    CHECK(context == &created);
    object_t *object = malloc(sizeof *object);
    CHECK(object);
    object->bytes = malloc(length * width(payload) + 1);
    CHECK(object->bytes);
    object->length = length;
    object->payload = payload;
    atomic_fetch_add(&created, 1);
    return object;
}

static void *data(void *context, uint32_t payload)
{
    object_t *object = context;
    CHECK_INT(payload, object->payload);
    return object->bytes;
}

static bool resize(void *context, uint32_t payload, size_t length)
{
    object_t *object = context;
    CHECK_INT(payload, object->payload);
    void *bytes = realloc(object->bytes, length * width(payload) + 1);
    CHECK(bytes);
    object->bytes = bytes;
    object->length = length;
    return true;
}

static void destroy(void *context, uint32_t payload)
{
    object_t *object = context;
    CHECK_INT(payload, object->payload);
    free(object->bytes);
    free(object);
    atomic_fetch_add(&destroyed, 1);
}

static counter_t *dropped;

static pair_t begin(uint32_t text_form)
{
    created = destroyed = 0;
    exhausted = false;
    dropped = counter_new();
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    options.text = text_form;
    options.small_payload = 16;
    options.storage = (wirebird_storage_t) { create, data, resize, destroy, &created };
    options.context = dropped;
    options.drop = counter_add;
    wirebird_queue_t queue;
    CHECK_OK(wirebird_queue_new(&options, &queue));
    return open_pair_on(queue, new_queue());
}

/* After the drop function nothing of the queue is in use any more. */
static void end(pair_t *pair)
{
    release_pair(pair);
    counter_wait(dropped, 1);
    counter_free(dropped);
    CHECK_INT(destroyed, created);
}

static void check_and_destroy(wirebird_event_t *event, const char *sent, size_t length)
{
    CHECK(event->storage);
    object_t *object = event->storage;
    CHECK(event->data == object->bytes);
    CHECK_INT(object->length, length);
    CHECK_INT(event->length, length);
    CHECK(memcmp(event->data, sent, length) == 0);
    destroy(event->storage, event->payload);
}

static char letters[300000];

static void payloads_arrive_in_objects_of_their_length(void)
{
    pair_t pair = begin(WIREBIRD_PAYLOAD_UTF8);
    for (size_t length = 17; length < sizeof letters; length = length * 3 + 1) {
        CHECK_OK(wirebird_connection_send_text(pair.client_end, letters, length));
        CHECK_OK(wirebird_connection_send_binary(pair.client_end, letters, length));
        wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
        check_and_destroy(&event, letters, length);
        event = expect_event(pair.server_queue, WIREBIRD_EVENT_BINARY);
        check_and_destroy(&event, letters, length);
    }
    end(&pair);
}

static void small_payloads_have_no_object(void)
{
    pair_t pair = begin(WIREBIRD_PAYLOAD_UTF8);
    CHECK_OK(wirebird_connection_send_text(pair.client_end, letters, 16));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK(!event.storage);
    CHECK_INT(event.length, 16);
    CHECK_INT(created, 0);
    end(&pair);
}

static void text_is_put_there_as_utf16(void)
{
    pair_t pair = begin(WIREBIRD_PAYLOAD_UTF16);
    char sent[2 * 1000];
    for (size_t i = 0; i < sizeof sent; i += 2)
        memcpy(sent + i, "\xc3\xa4", 2);
    CHECK_OK(wirebird_connection_send_text(pair.client_end, sent, sizeof sent));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK(event.storage);
    CHECK_INT(event.payload, WIREBIRD_PAYLOAD_UTF16);
    CHECK_INT(event.length, 1000);
    CHECK_INT(((object_t *)event.storage)->length, 1000);
    for (size_t i = 0; i < event.length; i++)
        CHECK_INT(((const uint16_t *)event.data)[i], 0xe4);
    destroy(event.storage, event.payload);
    end(&pair);
}

static void objects_of_events_never_taken_are_destroyed(void)
{
    pair_t pair = begin(WIREBIRD_PAYLOAD_UTF8);
    CHECK_OK(wirebird_connection_send_text(pair.client_end, letters, 5000));
    CHECK_OK(wirebird_connection_send_text(pair.client_end, letters, 5000));
    CHECK_OK(wirebird_queue_wait(pair.server_queue, PATIENCE_MS));
    end(&pair);
}

static void exhausted_memory_closes_with_1009(void)
{
    pair_t pair = begin(WIREBIRD_PAYLOAD_UTF8);
    exhausted = true;
    CHECK_OK(wirebird_connection_send_text(pair.client_end, letters, 5000));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_CLOSING);
    CHECK_INT(event.value, 0);
    CHECK_INT(event.close_code, 1009);
    event = expect_event(pair.client_queue, WIREBIRD_EVENT_CLOSING);
    CHECK_INT(event.close_code, 1009);
    end(&pair);
}

static void an_incomplete_set_of_functions_is_refused(void)
{
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    options.storage = (wirebird_storage_t) { create, data, NULL, destroy, &created };
    wirebird_queue_t queue;
    CHECK_ERROR(wirebird_queue_new(&options, &queue), WIREBIRD_ERROR_ARGUMENT, "storage");
}

int main(void)
{
    for (size_t i = 0; i < sizeof letters; i++)
        letters[i] = (char)('a' + i % 26);
    RUN(payloads_arrive_in_objects_of_their_length);
    RUN(small_payloads_have_no_object);
    RUN(text_is_put_there_as_utf16);
    RUN(objects_of_events_never_taken_are_destroyed);
    RUN(exhausted_memory_closes_with_1009);
    RUN(an_incomplete_set_of_functions_is_refused);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
