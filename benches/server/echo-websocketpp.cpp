// Echo server: WebSocket++ with Boost.Asio, on one thread.
#include "asiostop.h"
#include "meter.h"
#include "options.h"

#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>
#include <websocketpp/version.hpp>

#include <limits>
#include <string>

using namespace Bench;
using Server = websocketpp::server<websocketpp::config::asio>;

int main(int argc, char **argv)
{
    const Options options = parseOptions(argc, argv);
    require(options, Can::Messages);
    Meter meter;
    boost::asio::io_context context(1);
    const AsioStop stop(context);

    Server server;
    server.clear_access_channels(websocketpp::log::alevel::all);
    server.clear_error_channels(websocketpp::log::elevel::all);
    server.init_asio(&context);
    server.set_max_message_size(std::numeric_limits<std::size_t>::max());
    server.set_listen_backlog(1024);
    server.set_tcp_post_init_handler([&server](websocketpp::connection_hdl handle) {
        server.get_con_from_hdl(handle)->get_raw_socket().set_option(
            boost::asio::ip::tcp::no_delay(true));
    });
    server.set_open_handler([&](websocketpp::connection_hdl) {
        if (options.mode == Mode::Handshakes)
            meter.count(0);
    });
    server.set_message_handler(
        [&](websocketpp::connection_hdl handle, Server::message_ptr message) {
            meter.count(message->get_payload().size());
            websocketpp::lib::error_code error;
            if (options.mode == Mode::Echo)
                server.send(handle, message->get_payload(), message->get_opcode(), error);
        });
    server.listen(boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    server.start_accept();
    websocketpp::lib::asio::error_code error;
    announce(server.get_local_endpoint(error).port());
    server.run();
    const std::string version = std::to_string(websocketpp::major_version) + "."
        + std::to_string(websocketpp::minor_version) + "."
        + std::to_string(websocketpp::patch_version);
    meter.report(("WebSocket++ " + version).c_str());
}
