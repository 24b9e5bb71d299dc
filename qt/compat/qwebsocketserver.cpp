// QWebSocketServer: the adapter's behaviour under Qt's name.
#include "QtWebSockets/qwebsocketserver.h"

#include "QtWebSockets/qwebsocket.h"
#include "QtWebSockets/qwebsocketcorsauthenticator.h"
#include "convert_p.h"

#include "websocketserver_p.h"

#include <QtCore/qcoreevent.h>
#include <QtNetwork/qtcpsocket.h>
// Complete, for the meta-object: such arguments can be queued.
#ifndef QT_NO_SSL
#  include <QtNetwork/qsslpresharedkeyauthenticator.h>
#  include <QtNetwork/qsslsocket.h>
#endif

QT_BEGIN_NAMESPACE

using Wirebird::Manner;
using Wirebird::WebSocketServerPrivate;

namespace {

using Emitter = Wirebird::WebSocketServerEmitterOf<QWebSocketServer, QWebSocket,
                                                   QWebSocketCorsAuthenticator,
                                                   QWebSocketProtocol::CloseCode>;

WebSocketServerPrivate::Transport transportOf(QWebSocketServer::SslMode mode)
{
    return mode == QWebSocketServer::NonSecureMode ? WebSocketServerPrivate::Transport::Plain
                                                   : WebSocketServerPrivate::Transport::Tls;
}

} // namespace

/*!
    \class QWebSocketServer
    \brief A server with the interface and the manners of Qt WebSockets, on
    Wirebird's engine.

    Programs written for Qt WebSockets use it unchanged. Members do what those of
    Wirebird::WebSocketServer do; what differs between the two is what Qt promises:
    every origin is allowed unless a slot refuses it, and sockets that were fetched
    lose their connection when the server is destroyed. In Wirebird's favour stay:
    malformed requests get an HTTP answer, and what breaks RFC 6455 is refused.

    TLS is the engine's, until somebody is connected to one of the signals about it,
    clients are asked for certificates, or something is needed that the engine's has
    not: then it is a QSslSocket's, for the connections that follow. The environment
    variable WIREBIRD_TLS=engine or =qt, or the dynamic property "wirebirdTls",
    decides otherwise.
*/

/*!
    \fn void QWebSocketServer::sslErrorsOccurred(QSslSocket *socket, const QList<QSslError> &errors)
    Emitted beside sslErrors(). \a socket is null where TLS is not a QSslSocket's: look
    at \a errors alone.
*/

QWebSocketServer::QWebSocketServer(const QString &serverName, SslMode secureMode, QObject *parent)
    : QObject(parent),
      d(std::make_unique<WebSocketServerPrivate>(this, std::make_unique<Emitter>(this),
                                                 Manner::QtWebSockets, serverName,
                                                 transportOf(secureMode)))
{
}

QWebSocketServer::~QWebSocketServer()
{
    d->destroy();
}

bool QWebSocketServer::listen(const QHostAddress &address, quint16 port)
{
    return d->listen(address, port);
}

void QWebSocketServer::close()
{
    d->close();
}

bool QWebSocketServer::isListening() const
{
    return d->isListening();
}

void QWebSocketServer::setMaxPendingConnections(int numConnections)
{
    d->maxPending = numConnections;
}

int QWebSocketServer::maxPendingConnections() const
{
    return d->maxPending;
}

void QWebSocketServer::setHandshakeTimeout(std::chrono::milliseconds msec)
{
    d->setHandshakeTimeout(msec);
}

std::chrono::milliseconds QWebSocketServer::handshakeTimeout() const
{
    return d->handshakeTimeout;
}

void QWebSocketServer::setHandshakeTimeout(int msec)
{
    d->setHandshakeTimeout(std::chrono::milliseconds(msec));
}

int QWebSocketServer::handshakeTimeoutMS() const
{
    return int(d->handshakeTimeout.count());
}

quint16 QWebSocketServer::serverPort() const
{
    return d->serverPort();
}

QHostAddress QWebSocketServer::serverAddress() const
{
    return d->serverAddress();
}

QUrl QWebSocketServer::serverUrl() const
{
    return d->serverUrl();
}

QWebSocketServer::SslMode QWebSocketServer::secureMode() const
{
#ifndef QT_NO_SSL
    if (d->transport == WebSocketServerPrivate::Transport::Tls)
        return SecureMode;
#endif
    return NonSecureMode;
}

#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
bool QWebSocketServer::setSocketDescriptor(qintptr socketDescriptor)
{
    return d->adopt(socketDescriptor);
}

qintptr QWebSocketServer::socketDescriptor() const
{
    return d->socketDescriptor();
}
#else
bool QWebSocketServer::setSocketDescriptor(int socketDescriptor)
{
    return d->adopt(socketDescriptor);
}

int QWebSocketServer::socketDescriptor() const
{
    return int(d->socketDescriptor());
}
#endif

bool QWebSocketServer::setNativeDescriptor(qintptr descriptor)
{
    return d->adopt(descriptor);
}

qintptr QWebSocketServer::nativeDescriptor() const
{
    return d->socketDescriptor();
}

bool QWebSocketServer::hasPendingConnections() const
{
    return d->hasPendingConnections();
}

QWebSocket *QWebSocketServer::nextPendingConnection()
{
    return static_cast<QWebSocket *>(d->nextPendingConnection());
}

QWebSocketProtocol::CloseCode QWebSocketServer::error() const
{
    return fromWirebird(d->error);
}

QString QWebSocketServer::errorString() const
{
    return d->errorString;
}

void QWebSocketServer::pauseAccepting()
{
    d->pauseAccepting();
}

void QWebSocketServer::resumeAccepting()
{
    d->resumeAccepting();
}

void QWebSocketServer::setServerName(const QString &serverName)
{
    d->name = serverName;
}

QString QWebSocketServer::serverName() const
{
    return d->name;
}

void QWebSocketServer::setSupportedSubprotocols(const QStringList &protocols)
{
    d->subprotocols = protocols;
}

QStringList QWebSocketServer::supportedSubprotocols() const
{
    return d->subprotocols;
}

#ifndef QT_NO_NETWORKPROXY
void QWebSocketServer::setProxy(const QNetworkProxy &networkProxy)
{
    d->proxy = networkProxy;
}

QNetworkProxy QWebSocketServer::proxy() const
{
    return d->proxy;
}
#endif

#ifndef QT_NO_SSL
void QWebSocketServer::setSslConfiguration(const QSslConfiguration &sslConfiguration)
{
    d->setSslConfiguration(sslConfiguration);
}

QSslConfiguration QWebSocketServer::sslConfiguration() const
{
    return d->sslConfiguration();
}
#endif

QList<QWebSocketProtocol::Version> QWebSocketServer::supportedVersions() const
{
    return {QWebSocketProtocol::Version13};
}

/*!
    Takes over \a socket, connected and with a request to read, also a QSslSocket that
    is encrypted already; it is the server's from then on. newConnection() follows.
*/
void QWebSocketServer::handleConnection(QTcpSocket *socket) const
{
    d->handleConnection(socket);
}

void QWebSocketServer::connectNotify(const QMetaMethod &signal)
{
    QObject::connectNotify(signal);
#ifndef QT_NO_SSL
    d->signalConnected();
#endif
}

bool QWebSocketServer::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

QT_END_NAMESPACE

#include "moc_qwebsocketserver.cpp"
