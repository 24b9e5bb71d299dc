// Echo server: libwebsockets, on one thread. Fragments are put together, and messages wait in
// order until the connection is writable: one is written each time, as the library wants it.
#include "meter.h"
#include "options.h"
#include "stop.h"

#include <libwebsockets.h>

#include <atomic>
#include <deque>
#include <new>
#include <string>
#include <thread>

#include <poll.h>

using namespace Bench;

namespace {

struct Message
{
    std::string bytes; ///< Behind LWS_PRE bytes of room.
    lws_write_protocol kind;
};

struct Connection
{
    std::string incoming = std::string(LWS_PRE, '\0');
    std::deque<Message> outgoing;
};

struct Server
{
    Options options;
    Meter meter;
};

/// More than this waits in a connection: it is not read until it is written.
constexpr std::size_t mostWaiting = 1000;

void receive(Server &server, Connection &connection, lws *socket, const char *bytes,
             std::size_t length)
{
    connection.incoming.append(bytes, length);
    if (lws_remaining_packet_payload(socket) > 0 || !lws_is_final_fragment(socket))
        return;
    server.meter.count(connection.incoming.size() - LWS_PRE);
    if (server.options.mode == Mode::Echo) {
        connection.outgoing.push_back(
            { std::move(connection.incoming),
              lws_frame_is_binary(socket) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT });
        connection.incoming = std::string(LWS_PRE, '\0');
        lws_callback_on_writable(socket);
        if (connection.outgoing.size() == mostWaiting)
            lws_rx_flow_control(socket, 0);
    } else {
        connection.incoming.resize(LWS_PRE);
    }
}

int write(Connection &connection, lws *socket)
{
    if (connection.outgoing.empty())
        return 0;
    Message &message = connection.outgoing.front();
    const std::size_t length = message.bytes.size() - LWS_PRE;
    auto *const start = reinterpret_cast<unsigned char *>(message.bytes.data()) + LWS_PRE;
    if (lws_write(socket, start, length, message.kind) < int(length))
        return -1;
    connection.outgoing.pop_front();
    if (connection.outgoing.size() == mostWaiting - 1)
        lws_rx_flow_control(socket, 1);
    if (!connection.outgoing.empty())
        lws_callback_on_writable(socket);
    return 0;
}

int handle(lws *socket, lws_callback_reasons reason, void *user, void *bytes, size_t length)
{
    auto *const connection = static_cast<Connection *>(user);
    auto *const context = lws_get_context(socket);
    auto *const server = context ? static_cast<Server *>(lws_context_user(context)) : nullptr;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        new (connection) Connection;
        if (server->options.mode == Mode::Handshakes)
            server->meter.count(0);
        return 0;
    case LWS_CALLBACK_CLOSED:
        connection->~Connection();
        return 0;
    case LWS_CALLBACK_RECEIVE:
        receive(*server, *connection, socket, static_cast<const char *>(bytes), length);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return write(*connection, socket);
    default:
        return lws_callback_http_dummy(socket, reason, user, bytes, length);
    }
}

} // namespace

int main(int argc, char **argv)
{
    Server server{ parseOptions(argc, argv), {} };
    require(server.options, Can::Messages);
    const int stop = stopDescriptor();
    lws_set_log_level(0, nullptr);
    const lws_protocols protocols[] = { { "echo", handle, sizeof(Connection), 64 * 1024, 0, nullptr,
                                          0 },
                                        { nullptr, nullptr, 0, 0, 0, nullptr, 0 } };
    lws_context_creation_info info{};
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.user = &server;
    lws_context *const context = lws_create_context(&info);
    if (!context)
        fail("starting", "lws_create_context");
    info.port = 0;
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    lws_vhost *const host = lws_create_vhost(context, &info);
    if (!host)
        fail("listening", "lws_create_vhost");
    announce(std::uint16_t(lws_get_vhost_listen_port(host)));

    std::atomic<bool> isStopping = false;
    std::thread watcher([&] {
        pollfd readable{ stop, POLLIN, 0 };
        poll(&readable, 1, -1);
        isStopping = true;
        lws_cancel_service(context);
    });
    while (!isStopping && lws_service(context, 0) >= 0) { }
    watcher.join();
    const std::string version = LWS_LIBRARY_VERSION; // with a hyphen and what it was built from
    server.meter.report(("libwebsockets " + version.substr(0, version.find('-'))).c_str());
    lws_context_destroy(context);
}
