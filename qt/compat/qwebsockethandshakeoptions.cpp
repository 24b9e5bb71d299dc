// What a client asks for in its opening handshake.
#include "QtWebSockets/qwebsockethandshakeoptions.h"

QT_BEGIN_NAMESPACE

class QWebSocketHandshakeOptionsPrivate : public QSharedData
{
public:
    QStringList subprotocols;
};

/*!
    \class QWebSocketHandshakeOptions
    \brief Options of a client's opening handshake.

    Given to QWebSocket::open(). Names that are no tokens of RFC 9110 are kept
    here and left out, with a warning, when the request is sent.
*/

QWebSocketHandshakeOptions::QWebSocketHandshakeOptions()
    : d(new QWebSocketHandshakeOptionsPrivate)
{
}

QWebSocketHandshakeOptions::QWebSocketHandshakeOptions(const QWebSocketHandshakeOptions &other)
    = default;
QWebSocketHandshakeOptions::QWebSocketHandshakeOptions(QWebSocketHandshakeOptions &&other) noexcept
    = default;
QWebSocketHandshakeOptions::~QWebSocketHandshakeOptions() = default;
QWebSocketHandshakeOptions &
QWebSocketHandshakeOptions::operator=(const QWebSocketHandshakeOptions &other) = default;

QStringList QWebSocketHandshakeOptions::subprotocols() const
{
    return d->subprotocols;
}

/*!
    Asks for one of \a protocols, the most welcome first. The server's choice is
    QWebSocket::subprotocol().
*/
void QWebSocketHandshakeOptions::setSubprotocols(const QStringList &protocols)
{
    d->subprotocols = protocols;
}

bool QWebSocketHandshakeOptions::equals(const QWebSocketHandshakeOptions &other) const
{
    return d == other.d || d->subprotocols == other.d->subprotocols;
}

QT_END_NAMESPACE
