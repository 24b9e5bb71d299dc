// How much a server's opening handshakes and plain HTTP may use, and how many connections
// it has.
#include "connectionoptions.h"
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

/*!
    TCP connections at once that serve plain HTTP; one more is answered with 503. They take
    nothing from maxConnections(). From 1, default 1,000.
*/
quint32 WebSocketServerLimits::maxHttpConnections() const
{
    return d->maxHttpConnections;
}

void WebSocketServerLimits::setMaxHttpConnections(quint32 maxHttpConnections)
{
    d->maxHttpConnections = std::clamp<quint32>(maxHttpConnections, 1, largest32);
}

/*!
    The same of one IPv4 address or one /64 of IPv6, but for proxies that are trusted. From
    1, default 250.
*/
quint32 WebSocketServerLimits::maxHttpConnectionsPerAddress() const
{
    return d->maxHttpConnectionsPerAddress;
}

void WebSocketServerLimits::setMaxHttpConnectionsPerAddress(quint32 maxHttpConnectionsPerAddress)
{
    d->maxHttpConnectionsPerAddress = std::clamp<quint32>(maxHttpConnectionsPerAddress, 1, largest32);
}

/*!
    Requests and WebSockets at once on one TCP connection of HTTP/2. From 1, default 100.
*/
quint32 WebSocketServerLimits::maxHttp2Streams() const
{
    return d->maxHttp2Streams;
}

void WebSocketServerLimits::setMaxHttp2Streams(quint32 maxHttp2Streams)
{
    d->maxHttp2Streams = std::clamp<quint32>(maxHttp2Streams, 1, quint32(std::numeric_limits<qint32>::max()));
}

/*!
    Largest body of a plain request in bytes; a larger one is answered with 413. Default
    1,048,576.
*/
quint64 WebSocketServerLimits::maxHttpBodySize() const
{
    return d->maxHttpBodySize;
}

void WebSocketServerLimits::setMaxHttpBodySize(quint64 maxHttpBodySize)
{
    d->maxHttpBodySize =
        std::min<quint64>(maxHttpBodySize, quint64(std::numeric_limits<qint64>::max()));
}

/*!
    How long the body of a plain request may take to arrive, and how long a client may take
    nothing of an answer; 0 for no limit. Default 30 s.
*/
std::chrono::milliseconds WebSocketServerLimits::httpBodyTimeout() const
{
    return d->httpBodyTimeout;
}

void WebSocketServerLimits::setHttpBodyTimeout(std::chrono::milliseconds timeout)
{
    d->httpBodyTimeout = clampTime(timeout, 0);
}

/*!
    How long the application may take to begin with the answer to a plain request, which
    gets 503 then; 0 for no limit. Default 60 s.
*/
std::chrono::milliseconds WebSocketServerLimits::httpAnswerTimeout() const
{
    return d->httpAnswerTimeout;
}

void WebSocketServerLimits::setHttpAnswerTimeout(std::chrono::milliseconds timeout)
{
    d->httpAnswerTimeout = clampTime(timeout, 0);
}

/*!
    How long a connection that has served plain HTTP is kept for the next request; 0 for no
    limit. Default 15 s.
*/
std::chrono::milliseconds WebSocketServerLimits::httpKeepAliveTimeout() const
{
    return d->httpKeepAliveTimeout;
}

void WebSocketServerLimits::setHttpKeepAliveTimeout(std::chrono::milliseconds timeout)
{
    d->httpKeepAliveTimeout = clampTime(timeout, 0);
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
    maxHttpConnections = options.http_max_connections;
    maxHttpConnectionsPerAddress = options.http_max_connections_per_address;
    maxHttp2Streams = options.http2_max_streams;
    maxHttpBodySize = options.http_max_body_size;
    httpBodyTimeout = std::chrono::milliseconds(options.http_body_timeout_ms);
    httpAnswerTimeout = std::chrono::milliseconds(options.http_answer_timeout_ms);
    httpKeepAliveTimeout = std::chrono::milliseconds(options.http_keep_alive_timeout_ms);
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
    options->http_max_connections = maxHttpConnections;
    options->http_max_connections_per_address = maxHttpConnectionsPerAddress;
    options->http2_max_streams = maxHttp2Streams;
    options->http_max_body_size = maxHttpBodySize;
    options->http_body_timeout_ms = quint32(httpBodyTimeout.count());
    options->http_answer_timeout_ms = quint32(httpAnswerTimeout.count());
    options->http_keep_alive_timeout_ms = quint32(httpKeepAliveTimeout.count());
}

void WebSocketServerLimitsPrivate::apply(wirebird_server_t server) const
{
    const std::pair<quint32, quint64> values[] = {
        {WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS, maxConnections},
        {WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES, maxHandshakes},
        {WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS, maxHandshakesPerAddress},
        {WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE, maxHeaderSize},
        {WIREBIRD_SERVER_OPTION_MAX_HEADERS, maxHeaders},
        {WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS, maxHttpConnections},
        {WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS, maxHttpConnectionsPerAddress},
        {WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS, maxHttp2Streams},
        {WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE, maxHttpBodySize},
        {WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT, quint64(httpBodyTimeout.count())},
        {WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT, quint64(httpAnswerTimeout.count())},
        {WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT, quint64(httpKeepAliveTimeout.count())},
    };
    for (const auto &[option, value] : values)
        wirebird_server_set(server, option, value);
}

} // namespace Wirebird
