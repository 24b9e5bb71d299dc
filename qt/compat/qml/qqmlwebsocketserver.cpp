// The QML type WebSocketServer.
#include "qqmlwebsocketserver.h"

#include <QtNetwork/qhostaddress.h>
#include <QtQml/qqmlinfo.h>

QT_BEGIN_NAMESPACE

/*!
    \qmltype WebSocketServer
    \inqmlmodule QtWebSockets
    \brief A WebSocket server in QML.

    The sockets that clientConnected() gives are the server's children. Without TLS.
*/

QQmlWebSocketServer::QQmlWebSocketServer(QObject *parent)
    : QObject(parent)
{
}

QQmlWebSocketServer::~QQmlWebSocketServer() = default;

void QQmlWebSocketServer::componentComplete()
{
    makeServer();
}

void QQmlWebSocketServer::makeServer()
{
    m_server = std::make_unique<QWebSocketServer>(m_name, QWebSocketServer::NonSecureMode);
    m_server->setSupportedSubprotocols(m_supportedSubprotocols);
    connect(m_server.get(), &QWebSocketServer::newConnection, this,
            &QQmlWebSocketServer::takeConnections);
    connect(m_server.get(), &QWebSocketServer::serverError, this,
            [this] { setErrorString(m_server->errorString()); });
    updateListening();
}

/*! \qmlproperty url WebSocketServer::url */
QUrl QQmlWebSocketServer::url() const
{
    QUrl url;
    url.setScheme(QStringLiteral("ws"));
    url.setHost(m_host);
    url.setPort(m_port);
    return url;
}

/*!
    \qmlproperty string WebSocketServer::host
    The address to listen on. Default: "127.0.0.1".
*/
void QQmlWebSocketServer::setHost(const QString &host)
{
    if (host == m_host)
        return;
    m_host = host;
    Q_EMIT hostChanged(host);
    Q_EMIT urlChanged(url());
    updateListening();
}

/*!
    \qmlproperty int WebSocketServer::port
    The port to listen on; 0, the default, becomes the one that the system chose.
*/
void QQmlWebSocketServer::setPort(int port)
{
    if (port == m_port)
        return;
    if (port < 0 || port > 65535) {
        qmlWarning(this) << "port " << port << " is not in the range 0-65535";
        return;
    }
    m_port = port;
    Q_EMIT portChanged(port);
    Q_EMIT urlChanged(url());
    updateListening();
}

/*!
    \qmlproperty string WebSocketServer::name
    The Server field of responses. Changed, it begins to listen anew.
*/
void QQmlWebSocketServer::setName(const QString &name)
{
    if (name == m_name)
        return;
    m_name = name;
    Q_EMIT nameChanged(name);
    if (m_server)
        makeServer();
}

/*! \qmlproperty list<string> WebSocketServer::supportedSubprotocols */
void QQmlWebSocketServer::setSupportedSubprotocols(const QStringList &subprotocols)
{
    if (subprotocols == m_supportedSubprotocols)
        return;
    m_supportedSubprotocols = subprotocols;
    if (m_server)
        m_server->setSupportedSubprotocols(subprotocols);
    Q_EMIT supportedSubprotocolsChanged();
}

/*!
    \qmlproperty bool WebSocketServer::listen
    Whether the server listens. Default: false.
*/
void QQmlWebSocketServer::setListen(bool listen)
{
    if (listen == m_listen)
        return;
    m_listen = listen;
    Q_EMIT listenChanged(listen);
    updateListening();
}

/*!
    \qmlproperty bool WebSocketServer::accept
    Whether connections are accepted; else they wait. Default: true.
*/
void QQmlWebSocketServer::setAccept(bool accept)
{
    if (accept == m_accept)
        return;
    m_accept = accept;
    Q_EMIT acceptChanged(accept);
    if (!m_server)
        return;
    if (accept)
        m_server->resumeAccepting();
    else
        m_server->pauseAccepting();
}

void QQmlWebSocketServer::updateListening()
{
    if (!m_server)
        return;
    if (m_server->isListening())
        m_server->close();
    if (!m_listen)
        return;
    const QHostAddress address(m_host);
    if (address.isNull()) {
        setErrorString(tr("The host \"%1\" is not an address.").arg(m_host));
        return;
    }
    if (!m_server->listen(address, quint16(m_port)))
        return;
    if (!m_accept)
        m_server->pauseAccepting();
    setErrorString(QString());
    if (m_port == m_server->serverPort())
        return;
    m_port = m_server->serverPort();
    Q_EMIT portChanged(m_port);
    Q_EMIT urlChanged(url());
}

void QQmlWebSocketServer::takeConnections()
{
    while (m_server && m_server->hasPendingConnections())
        Q_EMIT clientConnected(new QQmlWebSocket(m_server->nextPendingConnection(), this));
}

void QQmlWebSocketServer::setErrorString(const QString &text)
{
    if (text == m_errorString)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged(text);
}

QT_END_NAMESPACE
