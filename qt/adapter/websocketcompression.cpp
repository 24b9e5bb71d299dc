// What a connection compresses by permessage-deflate (RFC 7692).
#include "connectionoptions.h"

#include <algorithm>

namespace Wirebird {

/*!
    \class Wirebird::WebSocketCompression
    \brief Compression of messages by permessage-deflate (RFC 7692).

    Holds for opening handshakes that begin afterwards. Clients offer it by default,
    servers accept it once it is enabled; WebSocket::extensions() tells what was
    agreed. From its first compressed message on a connection takes about 330 KiB,
    without context takeover none while it is idle.
*/

WebSocketCompression::WebSocketCompression() : d(new WebSocketCompressionPrivate) { }

WebSocketCompression::WebSocketCompression(const WebSocketCompression &other) = default;
WebSocketCompression::WebSocketCompression(WebSocketCompression &&other) noexcept = default;
WebSocketCompression::~WebSocketCompression() = default;
WebSocketCompression &WebSocketCompression::operator=(const WebSocketCompression &other) = default;

/*!
    Whether it is offered by a client, accepted by a server. Default true,
    server false.
*/
bool WebSocketCompression::isEnabled() const
{
    return d->enabled;
}

void WebSocketCompression::setEnabled(bool enabled)
{
    d->enabled = enabled;
}

/*!
    1, fastest, to 9, smallest. Default 6.
*/
int WebSocketCompression::level() const
{
    return d->level;
}

void WebSocketCompression::setLevel(int level)
{
    d->level = std::clamp(level, 1, 9);
}

/*!
    Messages shorter than this many bytes travel plain. Default 64.
*/
quint64 WebSocketCompression::threshold() const
{
    return d->threshold;
}

void WebSocketCompression::setThreshold(quint64 threshold)
{
    d->threshold = std::clamp<quint64>(threshold, 0, largest);
}

/*!
    LZ77 window of the server's messages, 8 to 15: 2^n bytes. Default 15.
*/
int WebSocketCompression::serverMaxWindowBits() const
{
    return d->serverMaxWindowBits;
}

void WebSocketCompression::setServerMaxWindowBits(int serverMaxWindowBits)
{
    d->serverMaxWindowBits = std::clamp(serverMaxWindowBits, 8, 15);
}

/*!
    LZ77 window of the client's messages, 8 to 15: 2^n bytes. Default 15.
*/
int WebSocketCompression::clientMaxWindowBits() const
{
    return d->clientMaxWindowBits;
}

void WebSocketCompression::setClientMaxWindowBits(int clientMaxWindowBits)
{
    d->clientMaxWindowBits = std::clamp(clientMaxWindowBits, 8, 15);
}

/*!
    Whether the server compresses each of its messages for itself, which costs
    bytes and saves memory; a broadcast is compressed once then. Default false.
*/
bool WebSocketCompression::serverNoContextTakeover() const
{
    return d->serverNoContextTakeover;
}

void WebSocketCompression::setServerNoContextTakeover(bool serverNoContextTakeover)
{
    d->serverNoContextTakeover = serverNoContextTakeover;
}

/*!
    Whether the client does. Default false.
*/
bool WebSocketCompression::clientNoContextTakeover() const
{
    return d->clientNoContextTakeover;
}

void WebSocketCompression::setClientNoContextTakeover(bool clientNoContextTakeover)
{
    d->clientNoContextTakeover = clientNoContextTakeover;
}

bool WebSocketCompression::equals(const WebSocketCompression &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

} // namespace Wirebird
