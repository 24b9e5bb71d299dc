// How much a connection may use and how long things may take.
#include "connectionoptions.h"

#include <algorithm>

namespace Wirebird {

/*!
    \class Wirebird::WebSocketLimits
    \brief How much a connection may use, and how long things may take.

    Made by default it has the defaults of a client; WebSocketServer::limits() begins
    with those of a server. Values outside a range become its nearest end. What a
    peer exceeds closes the connection with a reason that names the limit; other
    connections are not touched.
*/

WebSocketLimits::WebSocketLimits() : d(new WebSocketLimitsPrivate) { }

WebSocketLimits::WebSocketLimits(const WebSocketLimits &other) = default;
WebSocketLimits::WebSocketLimits(WebSocketLimits &&other) noexcept = default;
WebSocketLimits::~WebSocketLimits() = default;
WebSocketLimits &WebSocketLimits::operator=(const WebSocketLimits &other) = default;

/*!
    Largest incoming message in bytes (text: of UTF-8), up to
    WebSocket::maxIncomingMessageSize(); a larger one closes with 1009. Default
    64 MiB, server 1 MiB.
*/
quint64 WebSocketLimits::maxMessageSize() const
{
    return d->maxMessageSize;
}

void WebSocketLimits::setMaxMessageSize(quint64 maxMessageSize)
{
    d->maxMessageSize = std::clamp<quint64>(maxMessageSize, 0, largestSize);
}

/*!
    Largest incoming frame in bytes, up to WebSocket::maxIncomingFrameSize(); a
    larger one closes with 1009. Default: the largest, so that maxMessageSize()
    decides.
*/
quint64 WebSocketLimits::maxFrameSize() const
{
    return d->maxFrameSize;
}

void WebSocketLimits::setMaxFrameSize(quint64 maxFrameSize)
{
    d->maxFrameSize = std::clamp<quint64>(maxFrameSize, 0, largestSize);
}

/*!
    Most frames of an incoming message, empty ones included, from 1; one more
    closes with 1008. Default 131,072.
*/
quint64 WebSocketLimits::maxFragments() const
{
    return d->maxFragments;
}

void WebSocketLimits::setMaxFragments(quint64 maxFragments)
{
    d->maxFragments = std::clamp<quint64>(maxFragments, 1, largest);
}

/*!
    Unsent bytes above which WebSocket::highWater() is emitted, and lowWater()
    when they are less than half of it. Default 1 MiB.
*/
quint64 WebSocketLimits::highWater() const
{
    return d->highWater;
}

void WebSocketLimits::setHighWater(quint64 highWater)
{
    d->highWater = std::clamp<quint64>(highWater, 0, largest);
}

/*!
    Unsent bytes above which overflow() says what becomes of a further message.
    A single message may be larger. Default 64 MiB, server 16 MiB.
*/
quint64 WebSocketLimits::maxUnsent() const
{
    return d->maxUnsent;
}

void WebSocketLimits::setMaxUnsent(quint64 maxUnsent)
{
    d->maxUnsent = std::clamp<quint64>(maxUnsent, 0, largest);
}

/*!
    What becomes of a message past maxUnsent(). Default CloseConnection.
*/
WebSocketLimits::Overflow WebSocketLimits::overflow() const
{
    return d->overflow;
}

void WebSocketLimits::setOverflow(Overflow overflow)
{
    d->overflow = overflow;
}

/*!
    How long the opening handshake of a client may take, name look-up included, from
    1 ms; without what the slots of authenticationRequired(), sslErrors() and the like
    take. Default 10 s. Of a server: WebSocketServer::setHandshakeTimeout().
*/
std::chrono::milliseconds WebSocketLimits::handshakeTimeout() const
{
    return d->handshakeTimeout;
}

void WebSocketLimits::setHandshakeTimeout(std::chrono::milliseconds handshakeTimeout)
{
    d->handshakeTimeout = clampTime(handshakeTimeout, 1);
}

/*!
    How long the closing handshake and the end of TCP may take, from 1 ms.
    Default 5 s.
*/
std::chrono::milliseconds WebSocketLimits::closeTimeout() const
{
    return d->closeTimeout;
}

void WebSocketLimits::setCloseTimeout(std::chrono::milliseconds closeTimeout)
{
    d->closeTimeout = clampTime(closeTimeout, 1);
}

/*!
    A frame that has begun and of which nothing arrives for so long closes with
    1001; 0 for never. Default 0.
*/
std::chrono::milliseconds WebSocketLimits::frameTimeout() const
{
    return d->frameTimeout;
}

void WebSocketLimits::setFrameTimeout(std::chrono::milliseconds frameTimeout)
{
    d->frameTimeout = clampTime(frameTimeout, 0);
}

/*!
    Most bytes of the header of a client's responses; more fail the handshake. 256 to
    1,048,576, default 65,536. Of a server: WebSocketServerLimits::maxHeaderSize().
*/
quint32 WebSocketLimits::maxHeaderSize() const
{
    return d->maxHeaderSize;
}

void WebSocketLimits::setMaxHeaderSize(quint32 maxHeaderSize)
{
    d->maxHeaderSize = std::clamp<quint32>(maxHeaderSize, 256, 1048576);
}

/*! Most header fields of them, 1 to 10,000, default 100. */
quint32 WebSocketLimits::maxHeaders() const
{
    return d->maxHeaders;
}

void WebSocketLimits::setMaxHeaders(quint32 maxHeaders)
{
    d->maxHeaders = std::clamp<quint32>(maxHeaders, 1, 10000);
}

bool WebSocketLimits::equals(const WebSocketLimits &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

} // namespace Wirebird
