// QWebChannel over a WebSocket: each message is a JSON object, in a text message.
#include <wirebird/websocketchanneltransport.h>

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qpointer.h>
#include <QtWebChannel/qwebchannel.h>

namespace Wirebird {

class WebSocketChannelTransportPrivate
{
public:
    QPointer<WebSocket> socket;
};

/*!
    \class Wirebird::WebSocketChannelTransport
    \inmodule Wirebird
    \brief A WebSocket as a transport of a QWebChannel.

    Pages use the objects of the channel by Qt's qwebchannel.js, which gets the page's
    WebSocket. In most programs serve() is all that is needed:

    \code
    QWebChannel channel;
    channel.registerObject(QStringLiteral("oven"), &oven);
    WebSocketChannelTransport::serve(&server, &channel);
    \endcode

    Whoever may connect to the server may call every public slot and Q_INVOKABLE, and
    set every writable property, of every object that is registered. Pages of a foreign
    origin are refused by the server, unless it was told otherwise; for programs that
    are no browsers there is WebSocketServer::setRequestCheck().

    A peer that sends something else than JSON objects is closed with 1007, for bytes
    with 1003. One that doesn't read is closed with 1013 as soon as more than
    WebSocketLimits::maxUnsent() waits for it, as every client of a server.

    Channel, transport and socket live on the same thread. Links
    \c Wirebird::WebChannel, which needs Qt WebChannel.
*/

/*!
    \fn void WebSocketChannelTransport::disconnected()
    The connection is over.
*/

/*!
    Makes a transport of \a socket, which becomes its child. The transport stays when
    the connection is over, and goes on if \a socket is opened again.
*/
WebSocketChannelTransport::WebSocketChannelTransport(WebSocket *socket, QObject *parent)
    : QWebChannelAbstractTransport(parent)
    , d(std::make_unique<WebSocketChannelTransportPrivate>())
{
    d->socket = socket;
    socket->setParent(this);
    connect(socket, &WebSocket::textMessageReceived, this, [this](const QString &text) {
        const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
        if (document.isObject())
            Q_EMIT messageReceived(document.object(), this);
        else if (d->socket)
            d->socket->close(WebSocketProtocol::CloseCodeWrongDatatype,
                             QStringLiteral("not a JSON object"));
    });
    connect(socket, &WebSocket::binaryMessageReceived, this, [this] {
        if (d->socket)
            d->socket->close(WebSocketProtocol::CloseCodeDatatypeNotSupported,
                             QStringLiteral("a web channel takes text"));
    });
    connect(socket, &WebSocket::disconnected, this, &WebSocketChannelTransport::disconnected);
}

/*!
    Ends the connection, too.
*/
WebSocketChannelTransport::~WebSocketChannelTransport() = default;

/*!
    From now on makes every connection of \a server, those that are pending first, a
    transport of \a channel, for as long as it is connected. \a server has no other
    receiver of newConnection() then. Ends when one of the two is destroyed; the
    connections end with the channel.
*/
void WebSocketChannelTransport::serve(WebSocketServer *server, QWebChannel *channel)
{
    const auto take = [server, channel] {
        while (WebSocket *const socket = server->nextPendingConnection()) {
            auto *const transport = new WebSocketChannelTransport(socket, channel);
            connect(transport, &WebSocketChannelTransport::disconnected, transport,
                    &QObject::deleteLater);
            channel->connectTo(transport);
        }
    };
    connect(server, &WebSocketServer::newConnection, channel, take);
    take();
}

/*! The socket, or nullptr if it was deleted. */
WebSocket *WebSocketChannelTransport::socket() const
{
    return d->socket;
}

/*! Sends \a message as compact JSON; nothing while the socket isn't connected. */
void WebSocketChannelTransport::sendMessage(const QJsonObject &message)
{
    if (d->socket)
        d->socket->sendTextMessage(
            QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact)));
}

} // namespace Wirebird
