// When silence is asked about, and when a silent peer is given up.
#include "connectionoptions.h"

#include <algorithm>

namespace Wirebird {

/*!
    \class Wirebird::WebSocketHeartbeat
    \brief Pings on a schedule, so that a dead peer is noticed.

    A peer that does not answer in time is lost: WebSocket::errorOccurred() with
    SocketTimeoutError. What arrives, of whatever kind, is a sign of life.
*/

WebSocketHeartbeat::WebSocketHeartbeat() : d(new WebSocketHeartbeatPrivate) { }

WebSocketHeartbeat::WebSocketHeartbeat(const WebSocketHeartbeat &other) = default;
WebSocketHeartbeat::WebSocketHeartbeat(WebSocketHeartbeat &&other) noexcept = default;
WebSocketHeartbeat::~WebSocketHeartbeat() = default;
WebSocketHeartbeat &WebSocketHeartbeat::operator=(const WebSocketHeartbeat &other) = default;

/*!
    A Ping is sent after so long a silence; 0 for never. Default 0, server 25 s.
*/
std::chrono::milliseconds WebSocketHeartbeat::interval() const
{
    return d->interval;
}

void WebSocketHeartbeat::setInterval(std::chrono::milliseconds interval)
{
    d->interval = clampTime(interval, 0);
}

/*!
    The connection is lost when nothing arrives for so long after such a Ping; 0
    for never. Default 20 s.
*/
std::chrono::milliseconds WebSocketHeartbeat::timeout() const
{
    return d->timeout;
}

void WebSocketHeartbeat::setTimeout(std::chrono::milliseconds timeout)
{
    d->timeout = clampTime(timeout, 0);
}

bool WebSocketHeartbeat::equals(const WebSocketHeartbeat &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

} // namespace Wirebird
