/* Messages there and back through wirebird_queue_wait() and wirebird_queue_next(). */
#include "fixture.h"

static void a_text_comes_back(void)
{
    pair_t pair = open_pair();
    const char *sent = "Gr\xc3\xbc\xc3\x9f Gott \xf0\x9f\x90\xa6";
    CHECK_OK(wirebird_connection_send_text(pair.client_end, sent, strlen(sent)));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK(event.connection.id == pair.server_end.id);
    CHECK_INT(event.payload, WIREBIRD_PAYLOAD_UTF8);
    CHECK_INT(event.frame, WIREBIRD_FRAME_LAST | WIREBIRD_FRAME_WHOLE);
    CHECK_BYTES(event.data, event.length, sent);
    CHECK_OK(wirebird_connection_send_text(event.connection, event.data, event.length));
    event = expect_event(pair.client_queue, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, sent);
    release_pair(&pair);
}

static void an_empty_message_is_a_message(void)
{
    pair_t pair = open_pair();
    CHECK_OK(wirebird_connection_send_text(pair.client_end, NULL, 0));
    CHECK_OK(wirebird_connection_send_binary(pair.client_end, NULL, 0));
    CHECK_INT(expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT).length, 0);
    CHECK_INT(expect_event(pair.server_queue, WIREBIRD_EVENT_BINARY).length, 0);
    release_pair(&pair);
}

static void a_large_binary_message_arrives_unchanged(void)
{
    pair_t pair = open_pair();
    const size_t length = 1000000;
    unsigned char *sent = malloc(length);
    CHECK(sent);
    for (size_t i = 0; i < length; i++)
        sent[i] = (unsigned char)(i * 31 >> 3);
    CHECK_OK(wirebird_connection_send_binary(pair.client_end, sent, length));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_BINARY);
    CHECK_INT(event.payload, WIREBIRD_PAYLOAD_BINARY);
    CHECK_INT(event.length, length);
    CHECK(!event.storage);
    CHECK(memcmp(event.data, sent, length) == 0);
    free(sent);
    release_pair(&pair);
}

static void many_messages_arrive_in_order(void)
{
    pair_t pair = open_pair();
    char message[32];
    for (int i = 0; i < 10000; i++) {
        int length = snprintf(message, sizeof message, "message %d", i);
        CHECK_OK(wirebird_connection_send_text(pair.client_end, message, (size_t)length));
    }
    for (int i = 0; i < 10000; i++) {
        snprintf(message, sizeof message, "message %d", i);
        wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
        CHECK_BYTES(event.data, event.length, message);
    }
    release_pair(&pair);
}

static void a_queue_for_utf16_delivers_utf16(void)
{
    wirebird_queue_options_t options;
    CHECK_OK(wirebird_queue_options_init(&options, sizeof options));
    options.text = WIREBIRD_PAYLOAD_UTF16;
    wirebird_queue_t queue;
    CHECK_OK(wirebird_queue_new(&options, &queue));
    pair_t pair = open_pair_on(queue, new_queue());

    const uint16_t sent[] = { 'a', 0x00fc, 0x20ac, 0xd83d, 0xdc26 };
    uint64_t bytes = 0;
    CHECK_OK(wirebird_connection_send_utf16(pair.client_end, sent, 5, &bytes));
    CHECK_INT(bytes, 1 + 2 + 3 + 4);
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    CHECK_INT(event.payload, WIREBIRD_PAYLOAD_UTF16);
    CHECK_INT(event.length, 5);
    CHECK(memcmp(event.data, sent, sizeof sent) == 0);

    const uint16_t lone[] = { 0xd83d, 'x' };
    CHECK_OK(wirebird_connection_send_utf16(pair.server_end, lone, 2, NULL));
    event = expect_event(pair.client_queue, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "\xef\xbf\xbdx");
    release_pair(&pair);
}

static void a_ping_is_answered_with_its_payload(void)
{
    pair_t pair = open_pair();
    CHECK_OK(wirebird_connection_ping(pair.client_end, "tick", 4));
    wirebird_event_t event = expect_event(pair.client_queue, WIREBIRD_EVENT_PONG);
    CHECK_BYTES(event.data, event.length, "tick");
    CHECK(event.value < UINT64_C(1000) * 1000 * 1000);
    release_pair(&pair);
}

static void closing_gives_both_ends_code_and_reason(void)
{
    pair_t pair = open_pair();
    CHECK_OK(wirebird_connection_close(pair.client_end, 4001, text("enough")));
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_CLOSING);
    CHECK_INT(event.value, 1);
    CHECK_INT(event.close_code, 4001);
    CHECK_BYTES(event.data, event.length, "enough");
    event = expect_event(pair.server_queue, WIREBIRD_EVENT_CLOSED);
    CHECK_INT(event.status, WIREBIRD_OK);
    CHECK_INT(event.close_code, 4001);
    event = next_event(pair.client_queue);
    if (event.kind == WIREBIRD_EVENT_CLOSING)
        event = next_event(pair.client_queue);
    CHECK_INT(event.kind, WIREBIRD_EVENT_CLOSED);
    CHECK_INT(event.status, WIREBIRD_OK);
    CHECK_INT(event.close_code, 4001);
    CHECK_STATUS(wirebird_connection_send_text(pair.client_end, "x", 1), WIREBIRD_ERROR_STATE);
    release_pair(&pair);
}

static void aborting_loses_the_connection(void)
{
    pair_t pair = open_pair();
    CHECK_OK(wirebird_connection_abort(pair.client_end));
    wirebird_event_t event = expect_event(pair.client_queue, WIREBIRD_EVENT_CLOSED);
    CHECK_INT(event.close_code, 1006);
    event = expect_event(pair.server_queue, WIREBIRD_EVENT_CLOSED);
    CHECK_INT(event.close_code, 1006);
    CHECK_INT(event.status, WIREBIRD_ERROR_CONNECTION_LOST);
    release_pair(&pair);
}

static void a_message_over_the_limit_closes_with_1009(void)
{
    pair_t pair = open_pair();
    CHECK_OK(wirebird_connection_set(pair.server_end, WIREBIRD_OPTION_MAX_MESSAGE_SIZE, 10));
    CHECK_OK(wirebird_connection_send_text(pair.client_end, "0123456789", 10));
    CHECK_OK(wirebird_connection_send_text(pair.client_end, "0123456789a", 11));
    expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT);
    wirebird_event_t event = expect_event(pair.server_queue, WIREBIRD_EVENT_CLOSING);
    CHECK_INT(event.value, 0);
    CHECK_INT(event.close_code, 1009);
    CHECK(event.status < 0);
    event = expect_event(pair.client_queue, WIREBIRD_EVENT_CLOSING);
    CHECK_INT(event.close_code, 1009);
    release_pair(&pair);
}

static void the_host_decides_about_a_request(void)
{
    wirebird_queue_t server_queue = new_queue(), client_queue = new_queue();
    char url[64];
    wirebird_server_t server = listen_at(server_queue, WIREBIRD_ACCEPT_ASK, url);
    strcat(url, "chat?room=1");

    wirebird_client_options_t options;
    CHECK_OK(wirebird_client_options_init(&options, sizeof options));
    const wirebird_text_t protocols[] = { text("one"), text("two") };
    const wirebird_header_t headers[] = { { text("X-Colour"), text("red") } };
    options.url = text(url);
    options.subprotocols = protocols;
    options.subprotocol_count = 2;
    options.headers = headers;
    options.header_count = 1;
    wirebird_connection_t refused, accepted;
    CHECK_OK(wirebird_client_open(client_queue, &options, &refused));

    wirebird_event_t event = expect_event(server_queue, WIREBIRD_EVENT_REQUEST);
    CHECK(event.server.id == server.id);
    wirebird_text_t target;
    CHECK_OK(wirebird_connection_target(event.connection, &target));
    CHECK_BYTES(target.data, target.length, "/chat?room=1");
    wirebird_header_t header;
    int coloured = 0;
    size_t count = 0;
    while (wirebird_connection_header(event.connection, count, &header) == WIREBIRD_OK) {
        count++;
        coloured += header.value.length == 3 && memcmp(header.value.data, "red", 3) == 0;
    }
    CHECK_STATUS(wirebird_connection_header(event.connection, count, &header), WIREBIRD_EMPTY);
    CHECK_INT(coloured, 1);
    CHECK_OK(wirebird_connection_refuse(event.connection, 403, NULL, 0, text("not you")));
    CHECK_STATUS(wirebird_connection_accept(event.connection, NULL), WIREBIRD_ERROR_HANDLE);
    event = expect_event(client_queue, WIREBIRD_EVENT_CLOSED);
    CHECK_INT(event.status, WIREBIRD_ERROR_HTTP_STATUS);
    CHECK_INT(event.value, 403);
    CHECK_OK(wirebird_connection_release(refused));

    CHECK_OK(wirebird_client_open(client_queue, &options, &accepted));
    event = expect_event(server_queue, WIREBIRD_EVENT_REQUEST);
    wirebird_accept_options_t accept;
    CHECK_OK(wirebird_accept_options_init(&accept, sizeof accept));
    accept.subprotocol = text("two");
    CHECK_OK(wirebird_connection_accept(event.connection, &accept));
    wirebird_connection_t server_end = event.connection;
    expect_event(client_queue, WIREBIRD_EVENT_OPENED);
    wirebird_text_t chosen;
    CHECK_OK(wirebird_connection_subprotocol(accepted, &chosen));
    CHECK_BYTES(chosen.data, chosen.length, "two");
    expect_event(server_queue, WIREBIRD_EVENT_OPENED);

    wirebird_address_t local, peer;
    CHECK_OK(wirebird_connection_addresses(accepted, &local, NULL));
    CHECK_OK(wirebird_connection_addresses(server_end, NULL, &peer));
    CHECK_INT(local.port, peer.port);
    CHECK(memcmp(local.bytes, peer.bytes, sizeof local.bytes) == 0);

    CHECK_OK(wirebird_connection_release(accepted));
    CHECK_OK(wirebird_connection_release(server_end));
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(client_queue));
    CHECK_OK(wirebird_queue_release(server_queue));
}

static void nobody_listening_is_reported(void)
{
    wirebird_queue_t queue = new_queue();
    char url[64];
    wirebird_server_t server = listen_at(queue, WIREBIRD_ACCEPT_ALL, url);
    CHECK_OK(wirebird_server_close(server));
    expect_event(queue, WIREBIRD_EVENT_SERVER_CLOSED);
    wirebird_connection_t client = open_client(queue, url);
    wirebird_event_t event = expect_event(queue, WIREBIRD_EVENT_CLOSED);
    CHECK(event.connection.id == client.id);
    CHECK_INT(event.status, WIREBIRD_ERROR_CONNECTION_REFUSED);
    CHECK(event.message.length > 0);
    CHECK_OK(wirebird_connection_release(client));
    CHECK_OK(wirebird_server_release(server));
    CHECK_OK(wirebird_queue_release(queue));
}

static void events_move_to_another_queue_in_order(void)
{
    pair_t pair = open_pair();
    wirebird_queue_t other = new_queue();
    CHECK_OK(wirebird_connection_send_text(pair.client_end, "first", 5));
    CHECK_OK(wirebird_queue_wait(pair.server_queue, PATIENCE_MS));
    CHECK_OK(wirebird_connection_set_queue(pair.server_end, (wirebird_queue_t) { 0 }));
    CHECK_OK(wirebird_connection_send_text(pair.client_end, "second", 6));
    CHECK_OK(wirebird_connection_set_queue(pair.server_end, other));
    wirebird_event_t event = expect_event(other, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "first");
    event = expect_event(other, WIREBIRD_EVENT_TEXT);
    CHECK_BYTES(event.data, event.length, "second");
    CHECK_STATUS(wirebird_queue_next(pair.server_queue, &event), WIREBIRD_EMPTY);
    CHECK_OK(wirebird_queue_release(other));
    release_pair(&pair);
}

static void user_data_comes_with_each_event(void)
{
    pair_t pair = open_pair();
    int mine = 0;
    CHECK_OK(wirebird_connection_set_user_data(pair.server_end, &mine));
    CHECK_OK(wirebird_connection_send_text(pair.client_end, "x", 1));
    CHECK(expect_event(pair.server_queue, WIREBIRD_EVENT_TEXT).user_data == &mine);
    release_pair(&pair);
}

int main(void)
{
    RUN(a_text_comes_back);
    RUN(an_empty_message_is_a_message);
    RUN(a_large_binary_message_arrives_unchanged);
    RUN(many_messages_arrive_in_order);
    RUN(a_queue_for_utf16_delivers_utf16);
    RUN(a_ping_is_answered_with_its_payload);
    RUN(closing_gives_both_ends_code_and_reason);
    RUN(aborting_loses_the_connection);
    RUN(a_message_over_the_limit_closes_with_1009);
    RUN(the_host_decides_about_a_request);
    RUN(nobody_listening_is_reported);
    RUN(events_move_to_another_queue_in_order);
    RUN(user_data_comes_with_each_event);
    CHECK_OK(wirebird_shutdown(PATIENCE_MS));
    return 0;
}
