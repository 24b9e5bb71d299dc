// What a client asks for in its opening handshake.
#include <wirebird/handshakeoptions.h>

namespace Wirebird {

class WebSocketHandshakeOptionsPrivate : public QSharedData
{
public:
    QStringList subprotocols;
};

/*!
    \class Wirebird::WebSocketHandshakeOptions
    \brief Options of a client's opening handshake.

    Given to WebSocket::open(). Names that are no tokens of RFC 9110 are kept
    here and left out, with a warning, when the request is sent.
*/

WebSocketHandshakeOptions::WebSocketHandshakeOptions()
    : d(new WebSocketHandshakeOptionsPrivate)
{
}

WebSocketHandshakeOptions::WebSocketHandshakeOptions(const WebSocketHandshakeOptions &other)
    = default;
WebSocketHandshakeOptions::WebSocketHandshakeOptions(WebSocketHandshakeOptions &&other) noexcept
    = default;
WebSocketHandshakeOptions::~WebSocketHandshakeOptions() = default;
WebSocketHandshakeOptions &
WebSocketHandshakeOptions::operator=(const WebSocketHandshakeOptions &other) = default;

QStringList WebSocketHandshakeOptions::subprotocols() const
{
    return d->subprotocols;
}

/*!
    Asks for one of \a protocols, the most welcome first. The server's choice is
    WebSocket::subprotocol().
*/
void WebSocketHandshakeOptions::setSubprotocols(const QStringList &protocols)
{
    d->subprotocols = protocols;
}

bool WebSocketHandshakeOptions::equals(const WebSocketHandshakeOptions &other) const noexcept
{
    return d == other.d || d->subprotocols == other.d->subprotocols;
}

} // namespace Wirebird
