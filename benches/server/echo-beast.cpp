// Echo server: Boost.Beast, asynchronous, on one thread.
#include "asiostop.h"
#include "meter.h"
#include "options.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/version.hpp>

#include <limits>
#include <memory>
#include <string>

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using beast::error_code;
using boost::asio::ip::tcp;

namespace {

using namespace Bench;

/// Lives as long as one of its operations.
class Connection : public std::enable_shared_from_this<Connection>
{
public:
    Connection(tcp::socket socket, const Options &options, Meter &meter)
        : m_socket(std::move(socket))
        , m_options(options)
        , m_meter(meter)
    {
    }

    void start()
    {
        beast::get_lowest_layer(m_socket).set_option(tcp::no_delay(true));
        m_socket.read_message_max(std::numeric_limits<std::int64_t>::max());
        m_socket.auto_fragment(false);
        if (m_options.compression == Compression::Deflate) {
            websocket::permessage_deflate deflate;
            deflate.server_enable = true;
            deflate.compLevel = 6;
            deflate.memLevel = 8;
            m_socket.set_option(deflate);
        }
        m_socket.async_accept([self = shared_from_this()](error_code error) {
            if (error)
                return;
            if (self->m_options.mode == Mode::Handshakes)
                self->m_meter.count(0);
            self->read();
        });
    }

private:
    void read()
    {
        m_socket.async_read(m_buffer, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error)
                self->message();
        });
    }

    void message()
    {
        m_meter.count(m_buffer.size());
        if (m_options.mode != Mode::Echo) {
            m_buffer.clear();
            return read();
        }
        m_socket.text(m_socket.got_text());
        m_socket.async_write(m_buffer.data(),
                             [self = shared_from_this()](error_code error, std::size_t) {
                                 if (error)
                                     return;
                                 self->m_buffer.clear();
                                 self->read();
                             });
    }

    websocket::stream<tcp::socket> m_socket;
    const Options &m_options;
    Meter &m_meter;
    beast::flat_buffer m_buffer;
};

class Server
{
public:
    Server(boost::asio::io_context &context, const Options &options)
        : m_options(options)
        , m_acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0))
    {
        announce(m_acceptor.local_endpoint().port());
        accept();
    }

    const Meter &meter() const { return m_meter; }

private:
    void accept()
    {
        m_acceptor.async_accept([this](error_code error, tcp::socket socket) {
            if (error)
                return;
            std::make_shared<Connection>(std::move(socket), m_options, m_meter)->start();
            accept();
        });
    }

    const Options m_options;
    Meter m_meter;
    tcp::acceptor m_acceptor;
};

std::string version()
{
    return std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000)
        + "." + std::to_string(BOOST_VERSION % 100);
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = parseOptions(argc, argv);
    require(options, Can::Deflate);
    boost::asio::io_context context(1);
    const AsioStop stop(context);
    const Server server(context, options);
    context.run();
    server.meter().report(("Boost.Beast of Boost " + version()).c_str());
}
