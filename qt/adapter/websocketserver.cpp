// The public face of WebSocketServer: its documentation.
#include "websocketserver_p.h"

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/qcoreevent.h>
#include <QtCore/qmetaobject.h>

namespace Wirebird {
/*!
    \class Wirebird::WebSocketServer
    \brief Accepts WebSocket connections.

    The names, signals and defaults are those of Qt WebSockets. For each valid
    request originAuthenticationRequired() is emitted, for each accepted one
    newConnection(); nextPendingConnection() then returns the socket, open. The
    signals come on the object's own thread, which needs an event loop; accepting,
    reading and writing happen on the engine's threads.

    The sockets have no parent: whoever fetches one deletes it. Each may be moved to
    another thread. A slot may delete the server.

    \section1 Where it differs from Qt WebSockets

    \list
    \li newConnection() is emitted before the response is written; what the socket
        sends leaves behind it. If the client is gone meanwhile the socket gets
        disconnected().
    \li What arrives on a connection before the application fetches it is kept,
        within bounds, and delivered afterwards.
    \li Requests that are no WebSocket requests get an HTTP answer.
    \li Unmasked frames of a client, malformed keys and other breaches of RFC 6455
        are refused.
    \li listen() forgets the error before it, so that serverError() is emitted for
        each failure. errorString() of a second equal error of a request is not
        signalled again, as with Qt.
    \li Fetched sockets live on when the server is destroyed.
    \endlist
*/

/*!
    \fn void WebSocketServer::originAuthenticationRequired(Wirebird::WebSocketCorsAuthenticator *authenticator)
    Emitted for each valid request, with or without Origin; connect directly. A
    request without Origin, as from programs that are no browsers, and one whose
    Origin is that of its own Host header, come as allowed, others as not allowed: a
    slot that knows better calls setAllowed(). What is not allowed is answered with
    403. If a slot moves the server to another thread, the answer and newConnection()
    come from there.

    \fn void WebSocketServer::newConnection()
    A connection waits in nextPendingConnection().

    \fn void WebSocketServer::serverError(Wirebird::WebSocketProtocol::CloseCode closeCode)
    listen() failed, or a request was refused; errorString() says why.

    \fn void WebSocketServer::peerVerifyError(const QSslError &error)
    One thing that is wrong with the certificate of a client; sslErrors() follows with all.

    \fn void WebSocketServer::sslErrors(const QList<QSslError> &errors)
    What is wrong with the certificate of a client; peerVerifyError() came for each.
    With QSslSocket::VerifyPeer it is refused, with QSslSocket::QueryPeer accepted.

    \fn void WebSocketServer::sslErrorsOccurred(QSslSocket *socket, const QList<QSslError> &errors)
    Emitted beside sslErrors(). \a socket is null where TLS is the engine's.

    \fn void WebSocketServer::preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator)
    A client offers a key that both sides know; connect directly. The server takes Qt's
    TLS once somebody is connected to this signal.

    \fn void WebSocketServer::alertSent(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description)
    A client was sent an alert. Only with Qt 6.

    \fn void WebSocketServer::alertReceived(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description)
    A client sent an alert. Only with Qt 6.

    \fn void WebSocketServer::handshakeInterruptedOnError(const QSslError &error)
    Comes with Qt's TLS before sslErrors() for each error, where
    QSslConfiguration::handshakeMustInterruptOnError() (Qt 6) asks for it.

    \fn void WebSocketServer::acceptError(QAbstractSocket::SocketError socketError)
    Accepting failed, for want of descriptors or memory; it is tried again.

    \fn void WebSocketServer::closed()
    Follows close(), from the event loop.
*/

/*!
    Makes a server that calls itself \a serverName in the Server header. SecureMode
    needs a certificate and its key in setSslConfiguration() before listen().
*/
WebSocketServer::WebSocketServer(const QString &serverName, SslMode secureMode, QObject *parent)
    : QObject(parent),
      d(std::make_unique<WebSocketServerPrivate>(
          this,
          std::make_unique<WebSocketServerEmitterOf<WebSocketServer, WebSocket,
                                                    WebSocketCorsAuthenticator,
                                                    WebSocketProtocol::CloseCode>>(this),
          Manner::Wirebird, serverName,
          secureMode == SecureMode ? WebSocketServerPrivate::Transport::Tls
                                   : WebSocketServerPrivate::Transport::Plain))
{
}

/*! Closes the connections that nobody fetched (1001 "Server closed."). */
WebSocketServer::~WebSocketServer()
{
    d->destroy();
}

/*!
    Listens on \a address and \a port, 0 for one that the system chooses. Returns
    whether it does; if not, serverError() has been emitted.
*/
bool WebSocketServer::listen(const QHostAddress &address, quint16 port)
{
    findHttpReceivers();
    return d->listen(address, port);
}

/*!
    Listens at a Unix domain socket in the file \a path, with \a permissions; none, the
    default, is what the process's umask says. The file is removed by close(); one that
    was left behind by a server that is gone is replaced. serverUrl() is
    ws+unix://path:/, serverAddress() null and serverPort() 0; sockets have no
    peerAddress(). Not on Windows.
*/
bool WebSocketServer::listenLocal(const QString &path, QFileDevice::Permissions permissions)
{
    return d->listenLocal(path, permissions);
}

/*!
    Stops listening. Connections that nobody fetched are closed with 1001 "Server
    closed."; fetched ones live on. closed() is emitted from the event loop, also
    if the server did not listen.
*/
void WebSocketServer::close()
{
    d->close();
}

/*! Whether clients can connect; also true while accepting is paused. */
bool WebSocketServer::isListening() const
{
    return d->isListening();
}

/*!
    While \a numConnections wait to be fetched (default 30), further requests get
    no answer and serverError() 1006.
*/
void WebSocketServer::setMaxPendingConnections(int numConnections)
{
    d->maxPending = numConnections;
}

int WebSocketServer::maxPendingConnections() const
{
    return d->maxPending;
}

/*!
    How long an opening handshake may take; default 10 seconds, negative for ever.
    Holds for handshakes that begin afterwards.
*/
void WebSocketServer::setHandshakeTimeout(std::chrono::milliseconds msec)
{
    d->setHandshakeTimeout(msec);
}

/*! The same in milliseconds. */
void WebSocketServer::setHandshakeTimeout(int msec)
{
    d->setHandshakeTimeout(std::chrono::milliseconds(msec));
}

std::chrono::milliseconds WebSocketServer::handshakeTimeout() const
{
    return d->handshakeTimeout;
}

/*! The same in milliseconds. */
int WebSocketServer::handshakeTimeoutMS() const
{
    return int(d->handshakeTimeout.count());
}

/*! 0 when not listening. */
quint16 WebSocketServer::serverPort() const
{
    return d->serverPort();
}

/*! The address given to listen(); null when not listening. */
QHostAddress WebSocketServer::serverAddress() const
{
    return d->serverAddress();
}

/*! A URL for clients on this machine; empty when not listening. */
QUrl WebSocketServer::serverUrl() const
{
    return d->serverUrl();
}

/*! As given to the constructor. */
WebSocketServer::SslMode WebSocketServer::secureMode() const
{
    return d->transport == WebSocketServerPrivate::Transport::Tls ? SecureMode : NonSecureMode;
}

/*! Listens on a bound stream socket, which belongs to the server from then on. */
bool WebSocketServer::setSocketDescriptor(qintptr socketDescriptor)
{
    findHttpReceivers();
    return d->adopt(socketDescriptor);
}

/*! For inspection; -1 when not listening. */
qintptr WebSocketServer::socketDescriptor() const
{
    return d->socketDescriptor();
}

/*! Whether nextPendingConnection() has one. */
bool WebSocketServer::hasPendingConnections() const
{
    return d->hasPendingConnections();
}

/*!
    The next open connection, or nullptr. It has no parent and belongs to the
    caller. A subclass may override this, to return sockets of its own or to see
    each that is fetched.
*/
WebSocket *WebSocketServer::nextPendingConnection()
{
    return static_cast<WebSocket *>(d->nextPendingConnection());
}

/*!
    What serverError() told last; CloseCodeNormal before, and after listen() has
    succeeded.
*/
WebSocketProtocol::CloseCode WebSocketServer::error() const
{
    return d->error;
}

/*! An English sentence on error(). */
QString WebSocketServer::errorString() const
{
    return d->errorString;
}

/*! New connections wait in the system's backlog until resumeAccepting(). */
void WebSocketServer::pauseAccepting()
{
    d->pauseAccepting();
}

/*! Accepts those that waited, and further ones. */
void WebSocketServer::resumeAccepting()
{
    d->resumeAccepting();
}

/*! The Server header of responses, empty for none. Set before listen(). */
void WebSocketServer::setServerName(const QString &serverName)
{
    d->name = serverName;
}

QString WebSocketServer::serverName() const
{
    return d->name;
}

/*! The first of a client's subprotocols that is among \a protocols is chosen. */
void WebSocketServer::setSupportedSubprotocols(const QStringList &protocols)
{
    d->subprotocols = protocols;
}

QStringList WebSocketServer::supportedSubprotocols() const
{
    return d->subprotocols;
}

#ifndef QT_NO_NETWORKPROXY
/*! Stores \a networkProxy. Servers listen on this machine, never through a proxy. */
void WebSocketServer::setProxy(const QNetworkProxy &networkProxy)
{
    d->proxy = networkProxy;
}

QNetworkProxy WebSocketServer::proxy() const
{
    return d->proxy;
}
#endif

#ifndef QT_NO_SSL
/*!
    The configuration of SecureMode; ignored in NonSecureMode. Set while the server
    listens, it holds for new connections. What of it only Qt's TLS can do makes the
    server take that one.
*/
void WebSocketServer::setSslConfiguration(const QSslConfiguration &sslConfiguration)
{
    d->setSslConfiguration(sslConfiguration);
}

QSslConfiguration WebSocketServer::sslConfiguration() const
{
    return d->sslConfiguration();
}

WebSocketTls WebSocketServer::tls() const
{
    return d->tlsOptions;
}

/*! Pinned keys and revocation lists hold for the certificates of clients; of connections
    from now on. */
void WebSocketServer::setTls(const WebSocketTls &tls)
{
    d->setTls(tls);
}
#endif

/*! Version 13 alone, that of RFC 6455. */
QList<WebSocketProtocol::Version> WebSocketServer::supportedVersions() const
{
    return {WebSocketProtocol::Version13};
}

/*!
    Serves the client at the other end of \a device as if it had connected here,
    also if this server does not listen. The device, such as a QTcpSocket, an
    encrypted QSslSocket or a QLocalSocket, is open, and its client's HTTP request is
    still to be read. It has to belong to the calling thread, where its bytes are
    carried from then on, wherever the WebSocket lives; it is closed and destroyed at
    the end of the connection. handshakeTimeout() does not hold for it.
*/
void WebSocketServer::handleConnection(QIODevice *device) const
{
    d->handleConnection(device);
}

WebSocketServerLimits WebSocketServer::serverLimits() const
{
    return d->serverLimits;
}

/*! Holds at once for handshakes that begin; the backlog from listen() on. */
void WebSocketServer::setServerLimits(const WebSocketServerLimits &limits)
{
    d->setServerLimits(limits);
}

/*! What connections may use that are accepted from now on. */
WebSocketLimits WebSocketServer::limits() const
{
    return d->limits;
}

void WebSocketServer::setLimits(const WebSocketLimits &limits)
{
    d->limits = limits;
}

/*! Disabled by default; enabled, it is agreed with clients that offer it. */
WebSocketCompression WebSocketServer::compression() const
{
    return d->compression;
}

void WebSocketServer::setCompression(const WebSocketCompression &compression)
{
    d->compression = compression;
}

/*! Of connections that are accepted from now on. */
WebSocketHeartbeat WebSocketServer::heartbeat() const
{
    return d->heartbeat;
}

void WebSocketServer::setHeartbeat(const WebSocketHeartbeat &heartbeat)
{
    d->heartbeat = heartbeat;
}

void WebSocketServer::findHttpReceivers()
{
    d->hasHttpReceivers = isSignalConnected(QMetaMethod::fromSignal(&WebSocketServer::httpRequested));
}

void WebSocketServer::connectNotify(const QMetaMethod &signal)
{
    QObject::connectNotify(signal);
#ifndef QT_NO_SSL
    d->signalConnected();
#endif
}

bool WebSocketServer::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

} // namespace Wirebird
