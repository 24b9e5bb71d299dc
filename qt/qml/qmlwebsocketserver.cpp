// The QML type WebSocketServer of the module Wirebird.
#include "qmlwebsocketserver.h"

#include "json.h"

#include <wirebird/corsauthenticator.h>

#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

namespace Wirebird {

/*!
    \qmltype WebSocketServer
    \inqmlmodule Wirebird
    \brief A WebSocket server in QML.

    Has every member of the type of Qt's module QtWebSockets, of the same name and
    meaning, and more. The sockets that clientConnected() gives are the server's
    children as long as they are connected; afterwards they live for as long as QML
    refers to them.

    Where it differs from Qt's: a browser's page of a foreign origin is refused unless
    allowedOrigins names it.

    \section1 Qt's members

    \qmlproperty url WebSocketServer::url

    \qmlproperty string WebSocketServer::host
    The address to listen on. Default: "127.0.0.1".

    \qmlproperty int WebSocketServer::port
    The port to listen on; 0, the default, becomes the one that the system chose.

    \qmlproperty string WebSocketServer::name
    The Server field of responses. Changed, it begins to listen anew.

    \qmlproperty list<string> WebSocketServer::supportedSubprotocols
    \qmlproperty string WebSocketServer::errorString

    \qmlproperty bool WebSocketServer::listen
    Whether the server listens. Default: false.

    \qmlproperty bool WebSocketServer::accept
    Whether connections are accepted; else they wait. Default: true.

    \qmlsignal WebSocketServer::clientConnected(WebSocket webSocket)

    \section1 More

    \qmlsignal WebSocketServer::clientDisconnected(WebSocket webSocket)
    The connection is over; closeCode and closeReason of \a webSocket tell why.

    \qmlproperty WebSocketClients WebSocketServer::clients
    The connected clients, a model.

    \qmlproperty list<string> WebSocketServer::allowedOrigins
    Origins that are welcome besides the server's own, such as "https://example.org";
    "*" for all. Requests without one don't come from a browser, and are accepted.

    \qmlpropertygroup WebSocketServer::compression
    \qmlpropertygroup WebSocketServer::heartbeat
    \qmlpropertygroup WebSocketServer::limits
    Of connections from the next one on: see the same ones of WebSocket. Compression is
    off by default, the heartbeat on.

    \qmlproperty bool WebSocketServer::secure
    Whether the server speaks TLS, wss://. Changed, it begins to listen anew. Default:
    false.

    \qmlpropertygroup WebSocketServer::tls
    certificate, with those that it was signed by, privateKey and passphrase: files in
    PEM, as URLs. Changed, they hold for connections from the next one on.

    \qmlpropertygroup WebSocketServer::serverLimits
    maxConnections, maxHandshakes, maxHandshakesPerAddress, backlog, maxHeaderSize,
    maxHeaders: see WebSocketServerLimits. They hold when it begins to listen.
*/

QmlWebSocketServer::QmlWebSocketServer(QObject *parent)
    : QmlWebSocketServer(WebSocketServer(QString(), WebSocketServer::NonSecureMode), parent)
{
}

QmlWebSocketServer::QmlWebSocketServer(const WebSocketServer &defaults, QObject *parent)
    : QObject(parent),
      m_compression(defaults.compression(), nullptr),
      m_heartbeat(defaults.heartbeat(), nullptr),
      m_limits(defaults.limits(), nullptr)
{
    connect(&m_compression, &QmlCompression::changed, this, &QmlWebSocketServer::applyOptions);
    connect(&m_heartbeat, &QmlHeartbeat::changed, this, &QmlWebSocketServer::applyOptions);
    connect(&m_limits, &QmlLimits::changed, this, &QmlWebSocketServer::applyOptions);
    connect(&m_serverLimits, &QmlServerLimits::changed, this, &QmlWebSocketServer::applyOptions);
    connect(&m_tls, &QmlTls::changed, this, &QmlWebSocketServer::applyTls);
}

/// The sockets end without a word, before the model that they are in.
QmlWebSocketServer::~QmlWebSocketServer()
{
    for (QmlWebSocket *const socket : m_clients.sockets()) {
        m_clients.remove(socket);
        socket->disconnect(this);
        delete socket;
    }
}

void QmlWebSocketServer::componentComplete()
{
    makeServer();
}

void QmlWebSocketServer::connectServer()
{
    applyOptions();
    applyTls();
    connect(server(), &WebSocketServer::originAuthenticationRequired, this,
            [this](WebSocketCorsAuthenticator *asks) {
                if (m_allowedOrigins.contains(QStringLiteral("*"))
                    || m_allowedOrigins.contains(asks->origin(), Qt::CaseInsensitive))
                    asks->setAllowed(true);
            });
}

void QmlWebSocketServer::applyOptions()
{
    if (!server())
        return;
    server()->setCompression(m_compression.value());
    server()->setHeartbeat(m_heartbeat.value());
    server()->setLimits(m_limits.value());
    server()->setServerLimits(m_serverLimits.value());
}

void QmlWebSocketServer::applyTls()
{
#ifndef QT_NO_SSL
    if (server() && m_isSecure)
        server()->setSslConfiguration(m_tls.configuration(this));
#endif
}

void QmlWebSocketServer::setSecure(bool secure)
{
    if (secure == m_isSecure)
        return;
    m_isSecure = secure;
    Q_EMIT secureChanged();
    Q_EMIT urlChanged(url());
    if (server())
        makeServer();
}

void QmlWebSocketServer::setAllowedOrigins(const QStringList &origins)
{
    if (origins == m_allowedOrigins)
        return;
    m_allowedOrigins = origins;
    Q_EMIT allowedOriginsChanged();
}

void QmlWebSocketServer::take(WebSocket *accepted)
{
    auto *const socket = new QmlWebSocket(accepted, qmlEngine(this), this);
    // After the socket's own signals, and whatever their handlers do.
    connect(accepted, &WebSocket::disconnected, this,
            [this, guard = QPointer<QmlWebSocket>(socket)] {
                if (guard)
                    drop(guard);
            },
            Qt::QueuedConnection);
    connect(socket, &QObject::destroyed, this, [this, socket] { m_clients.remove(socket); });
    m_clients.add(socket);
    Q_EMIT clientConnected(socket);
}

/// Left to the garbage collector: a handler may have kept it.
void QmlWebSocketServer::drop(QmlWebSocket *socket)
{
    m_clients.remove(socket);
    Q_EMIT clientDisconnected(socket);
    socket->setParent(nullptr);
    if (QQmlEngine *const engine = qmlEngine(this)) {
        QQmlEngine::setObjectOwnership(socket, QQmlEngine::JavaScriptOwnership);
        engine->newQObject(socket);
    } else {
        socket->deleteLater();
    }
}

QList<WebSocket *> QmlWebSocketServer::openSockets() const
{
    QList<WebSocket *> open;
    for (QmlWebSocket *const client : m_clients.sockets()) {
        if (client->status() == QmlWebSocket::Open)
            open.append(client->webSocket());
    }
    return open;
}

/*!
    \qmlmethod int WebSocketServer::broadcastText(string message)
    Sends \a message to all clients, converted and compressed once. Returns how many
    took it.
*/
int QmlWebSocketServer::broadcastText(const QString &message)
{
    return WebSocket::broadcastTextMessage(openSockets(), message);
}

/*! \qmlmethod int WebSocketServer::broadcastBinary(ArrayBuffer message) */
int QmlWebSocketServer::broadcastBinary(const QByteArray &message)
{
    return WebSocket::broadcastBinaryMessage(openSockets(), message);
}

/*!
    \qmlmethod int WebSocketServer::broadcastJson(var value)
    Sends what JSON.stringify() makes of \a value.
*/
int QmlWebSocketServer::broadcastJson(const QJSValue &value)
{
    const JsonText json = toJson(qmlEngine(this), value);
    if (json.error.isEmpty())
        return broadcastText(json.text);
    qmlWarning(this) << "broadcastJson: " << json.error;
    return 0;
}

} // namespace Wirebird
