// How much a server's opening handshakes may use, and how many connections it has.
#include "serveroptions.h"

#include <algorithm>
#include <limits>

namespace Wirebird {
namespace {

constexpr quint32 largest32 = std::numeric_limits<quint32>::max();

} // namespace

/*!
    \class Wirebird::WebSocketServerLimits
    \brief How much a server's opening handshakes may use, and how many connections it has.

    For handshakes that begin afterwards: nothing under way or open is ended.
    Values outside a range become its nearest end. The limits of each connection
    are WebSocketServer::limits().
*/

WebSocketServerLimits::WebSocketServerLimits() : d(new WebSocketServerLimitsPrivate) { }

WebSocketServerLimits::WebSocketServerLimits(const WebSocketServerLimits &other) = default;
WebSocketServerLimits::WebSocketServerLimits(WebSocketServerLimits &&other) noexcept = default;
WebSocketServerLimits::~WebSocketServerLimits() = default;
WebSocketServerLimits &WebSocketServerLimits::operator=(const WebSocketServerLimits &other) = default;

/*!
    Connections open at once; one more is answered with 503. From 1, default
    10,000.
*/
quint32 WebSocketServerLimits::maxConnections() const
{
    return d->maxConnections;
}

void WebSocketServerLimits::setMaxConnections(quint32 maxConnections)
{
    d->maxConnections = std::clamp<quint32>(maxConnections, 1, largest32);
}

/*!
    Opening handshakes under way at once; more wait unaccepted. From 1, default
    256.
*/
quint32 WebSocketServerLimits::maxHandshakes() const
{
    return d->maxHandshakes;
}

void WebSocketServerLimits::setMaxHandshakes(quint32 maxHandshakes)
{
    d->maxHandshakes = std::clamp<quint32>(maxHandshakes, 1, largest32);
}

/*!
    Opening handshakes under way at once from one IPv4 address or one /64 of
    IPv6; more wait for their turn. From 1, default 16. Behind a proxy that
    WebSocketServer::setTrustedProxies() does not name all clients have its address:
    name it, or raise this to maxHandshakes().
*/
quint32 WebSocketServerLimits::maxHandshakesPerAddress() const
{
    return d->maxHandshakesPerAddress;
}

void WebSocketServerLimits::setMaxHandshakesPerAddress(quint32 maxHandshakesPerAddress)
{
    d->maxHandshakesPerAddress = std::clamp<quint32>(maxHandshakesPerAddress, 1, largest32);
}

/*!
    Length of the system's queue of connections that are not accepted yet. From
    1, default 1,024.
*/
quint32 WebSocketServerLimits::backlog() const
{
    return d->backlog;
}

void WebSocketServerLimits::setBacklog(quint32 backlog)
{
    d->backlog = std::clamp<quint32>(backlog, 1, quint32(std::numeric_limits<qint32>::max()));
}

/*!
    Most bytes of a request's header; a longer one is answered with 431. 256 to
    1,048,576, default 16,384.
*/
quint32 WebSocketServerLimits::maxHeaderSize() const
{
    return d->maxHeaderSize;
}

void WebSocketServerLimits::setMaxHeaderSize(quint32 maxHeaderSize)
{
    d->maxHeaderSize = std::clamp<quint32>(maxHeaderSize, 256, 1048576);
}

/*!
    Most header fields of a request; one more is answered with 431. 1 to 10,000,
    default 100.
*/
quint32 WebSocketServerLimits::maxHeaders() const
{
    return d->maxHeaders;
}

void WebSocketServerLimits::setMaxHeaders(quint32 maxHeaders)
{
    d->maxHeaders = std::clamp<quint32>(maxHeaders, 1, 10000);
}

bool WebSocketServerLimits::equals(const WebSocketServerLimits &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

WebSocketServerLimitsPrivate::WebSocketServerLimitsPrivate()
{
    wirebird_server_options_t options;
    wirebird_server_options_init(&options, sizeof options);
    maxConnections = options.max_connections;
    maxHandshakes = options.max_handshakes;
    maxHandshakesPerAddress = options.max_handshakes_per_address;
    backlog = options.backlog;
    maxHeaderSize = options.max_header_size;
    maxHeaders = options.max_headers;
}

WebSocketServerLimits WebSocketServerLimitsPrivate::ofQtWebSockets()
{
    WebSocketServerLimits limits;
    // The system's limits decide.
    limits.setMaxConnections(largest32);
    limits.setMaxHeaderSize(819204);
    limits.setMaxHeaders(1000);
    return limits;
}

void WebSocketServerLimitsPrivate::fill(wirebird_server_options_t *options) const
{
    options->max_connections = maxConnections;
    options->max_handshakes = maxHandshakes;
    options->max_handshakes_per_address = maxHandshakesPerAddress;
    options->backlog = backlog;
    options->max_header_size = maxHeaderSize;
    options->max_headers = maxHeaders;
}

void WebSocketServerLimitsPrivate::apply(wirebird_server_t server) const
{
    const std::pair<quint32, quint32> values[] = {
        {WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS, maxConnections},
        {WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES, maxHandshakes},
        {WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS, maxHandshakesPerAddress},
        {WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE, maxHeaderSize},
        {WIREBIRD_SERVER_OPTION_MAX_HEADERS, maxHeaders},
    };
    for (const auto &[option, value] : values)
        wirebird_server_set(server, option, value);
}

} // namespace Wirebird
