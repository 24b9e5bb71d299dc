// How a client's TCP connection is made and kept.
#include "connectionoptions.h"
#include "convert.h"
#include "tcpoptions.h"

#include <algorithm>

namespace Wirebird {
namespace {

std::chrono::seconds clampSeconds(std::chrono::seconds time)
{
    return std::clamp(time, std::chrono::seconds(0), std::chrono::seconds(32767));
}

} // namespace

/*!
    \class Wirebird::WebSocketTcpOptions
    \brief How the TCP connection below a client's WebSocket is made and kept.

    Set by WebSocket::setTcpOptions() before open(). Values outside a range become its
    nearest end. Of a name's addresses those of both families are tried in turn, and
    the first to connect is taken (RFC 8305). Of Unix domain sockets connectTimeout()
    alone holds.
*/

WebSocketTcpOptions::WebSocketTcpOptions() : d(new WebSocketTcpOptionsPrivate) { }

WebSocketTcpOptions::WebSocketTcpOptions(const WebSocketTcpOptions &other) = default;
WebSocketTcpOptions::WebSocketTcpOptions(WebSocketTcpOptions &&other) noexcept = default;
WebSocketTcpOptions::~WebSocketTcpOptions() = default;
WebSocketTcpOptions &WebSocketTcpOptions::operator=(const WebSocketTcpOptions &other) = default;

/*!
    How long name look-up and connecting may take, to the proxy if there is one; 0,
    the default, is as long as WebSocketLimits::handshakeTimeout(), which bounds all of
    the opening in any case.
*/
std::chrono::milliseconds WebSocketTcpOptions::connectTimeout() const
{
    return d->connectTimeout;
}

void WebSocketTcpOptions::setConnectTimeout(std::chrono::milliseconds connectTimeout)
{
    d->connectTimeout = clampTime(connectTimeout, 0);
}

/*! Whether small messages leave at once (TCP_NODELAY). Default true. */
bool WebSocketTcpOptions::isNoDelay() const
{
    return d->noDelay;
}

void WebSocketTcpOptions::setNoDelay(bool noDelay)
{
    d->noDelay = noDelay;
}

/*!
    After how long a silence TCP itself looks whether the peer is there, up to 32,767 s;
    0, the default, for never. WebSocketHeartbeat does the same through proxies.
*/
std::chrono::seconds WebSocketTcpOptions::keepAliveIdle() const
{
    return d->keepAliveIdle;
}

void WebSocketTcpOptions::setKeepAliveIdle(std::chrono::seconds idle)
{
    d->keepAliveIdle = clampSeconds(idle);
}

/*! Between such probes; 0, the default, as the system has it. Without
    keepAliveIdle() it has no effect. */
std::chrono::seconds WebSocketTcpOptions::keepAliveInterval() const
{
    return d->keepAliveInterval;
}

void WebSocketTcpOptions::setKeepAliveInterval(std::chrono::seconds interval)
{
    d->keepAliveInterval = clampSeconds(interval);
}

/*! After how many unanswered probes the connection is lost, up to 127; 0, the default,
    as the system has it. Without keepAliveIdle() it has no effect. */
int WebSocketTcpOptions::keepAliveCount() const
{
    return d->keepAliveCount;
}

void WebSocketTcpOptions::setKeepAliveCount(int count)
{
    d->keepAliveCount = std::clamp(count, 0, 127);
}

/*! Where to connect from; null, the default, leaves the choice to the system. */
QHostAddress WebSocketTcpOptions::localAddress() const
{
    return d->localAddress;
}

/*! Its port, 0 for any. */
quint16 WebSocketTcpOptions::localPort() const
{
    return d->localPort;
}

/*! Addresses of the other family are not tried then. A \a port needs an \a address. */
void WebSocketTcpOptions::setLocalAddress(const QHostAddress &address, quint16 port)
{
    d->localAddress = address;
    d->localPort = port;
}

bool WebSocketTcpOptions::equals(const WebSocketTcpOptions &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

void WebSocketTcpOptionsPrivate::fill(wirebird_client_options_t *options) const
{
    options->connect_timeout_ms = quint32(connectTimeout.count());
    options->no_delay = noDelay;
    options->keep_alive_idle_s = quint32(keepAliveIdle.count());
    if (options->keep_alive_idle_s > 0) {
        options->keep_alive_interval_s = quint32(keepAliveInterval.count());
        options->keep_alive_count = quint32(keepAliveCount);
    }
    options->local = toAddress(localAddress, localPort);
}

} // namespace Wirebird
