// The public face of WebSocketServer: documentation, listening and settings.
// Requests are in websocketserverrequests.cpp.
#include "websocketserver_p.h"

#include "convert.h"
#include "pump.h"
#include "websocket_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qdebug.h>
#include <QtCore/qmetaobject.h>

#include <algorithm>
#include <limits>

namespace Wirebird {
namespace {

bool isAny(const QHostAddress &address)
{
    return address == QHostAddress::Any || address == QHostAddress::AnyIPv4
        || address == QHostAddress::AnyIPv6;
}

QString listenError(wirebird_status_t status)
{
    switch (status) {
    case WIREBIRD_ERROR_ADDRESS_IN_USE:
        return QStringLiteral("The bound address is already in use");
    case WIREBIRD_ERROR_ADDRESS_UNAVAILABLE:
        return QStringLiteral("The address is not available");
    case WIREBIRD_ERROR_PERMISSION:
        return QStringLiteral("The address is protected");
    default:
        return lastError();
    }
}

} // namespace

/*!
    \class Wirebird::WebSocketServer
    \brief Accepts WebSocket connections.

    The names, signals and defaults are those of Qt WebSockets. For each valid
    request originAuthenticationRequired() is emitted, for each accepted one
    newConnection(); nextPendingConnection() then returns the socket, open. The
    signals come on the object's own thread, which needs an event loop; accepting,
    reading and writing happen on the engine's threads.

    The sockets are children of the server; they may be deleted, or given another
    parent and then moved to another thread. A slot may delete the server.

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
    \li The destructor deletes the sockets that it is the parent of; each emits the
        signals of its own destructor.
    \endlist
*/

/*!
    \fn void WebSocketServer::originAuthenticationRequired(Wirebird::WebSocketCorsAuthenticator *authenticator)
    Emitted for each valid request, with or without Origin; connect directly. A
    request is accepted unless a slot says no, then it is answered with 403.
    Without a slot every origin is welcome: decide here if browsers reach the
    server.

    \fn void WebSocketServer::newConnection()
    A connection waits in nextPendingConnection().

    \fn void WebSocketServer::serverError(Wirebird::WebSocketProtocol::CloseCode closeCode)
    listen() failed, or a request was refused; errorString() says why.

    \fn void WebSocketServer::acceptError(QAbstractSocket::SocketError socketError)
    Accepting failed, for want of descriptors or memory; it is tried again.

    \fn void WebSocketServer::closed()
    Follows close(), from the event loop.
*/

/*!
    Makes a server that calls itself \a serverName in the Server header. With
    SecureMode listen() fails: this build has no TLS.
*/
WebSocketServer::WebSocketServer(const QString &serverName, SslMode secureMode, QObject *parent)
    : QObject(parent),
      d(std::make_unique<WebSocketServerPrivate>(this, serverName, secureMode))
{
}

/*! Closes the connections that nobody fetched (1001) and deletes the others. */
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
    return d->listen(address, port);
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

bool WebSocketServer::isListening() const
{
    return bool(d->server);
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
    Set before listen().
*/
void WebSocketServer::setHandshakeTimeout(std::chrono::milliseconds msec)
{
    d->handshakeTimeout = msec;
}

void WebSocketServer::setHandshakeTimeout(int msec)
{
    d->handshakeTimeout = std::chrono::milliseconds(msec);
}

std::chrono::milliseconds WebSocketServer::handshakeTimeout() const
{
    return d->handshakeTimeout;
}

int WebSocketServer::handshakeTimeoutMS() const
{
    return int(d->handshakeTimeout.count());
}

/*! 0 when not listening. */
quint16 WebSocketServer::serverPort() const
{
    wirebird_address_t address{};
    if (d->server)
        wirebird_server_address(d->server.get(), &address);
    return address.port;
}

/*! The address given to listen(); null when not listening. */
QHostAddress WebSocketServer::serverAddress() const
{
    if (!d->server)
        return QHostAddress();
    if (!d->address.isNull())
        return d->address;
    wirebird_address_t address{};
    wirebird_server_address(d->server.get(), &address);
    return toHostAddress(address);
}

/*! A URL for clients on this machine; empty when not listening. */
QUrl WebSocketServer::serverUrl() const
{
    QUrl url;
    if (!d->server)
        return url;
    const QHostAddress address = serverAddress();
    url.setScheme(QStringLiteral("ws"));
    url.setHost(isAny(address) ? QHostAddress(QHostAddress::LocalHost).toString()
                               : address.toString());
    url.setPort(serverPort());
    return url;
}

WebSocketServer::SslMode WebSocketServer::secureMode() const
{
    return d->secureMode;
}

/*! Listens on a bound stream socket, which belongs to the server from then on. */
bool WebSocketServer::setSocketDescriptor(qintptr socketDescriptor)
{
    return d->adopt(socketDescriptor);
}

/*! For inspection; -1 when not listening. */
qintptr WebSocketServer::socketDescriptor() const
{
    int64_t descriptor = -1;
    if (d->server)
        wirebird_server_descriptor(d->server.get(), &descriptor);
    return qintptr(descriptor);
}

bool WebSocketServer::hasPendingConnections() const
{
    return std::any_of(d->pending.begin(), d->pending.end(),
                       [](const QPointer<WebSocket> &socket) { return !socket.isNull(); });
}

/*!
    The next open connection, or nullptr. It is a child of the server; delete it
    when it is not needed any more.
*/
WebSocket *WebSocketServer::nextPendingConnection()
{
    while (!d->pending.isEmpty()) {
        const QPointer<WebSocket> socket = d->pending.dequeue();
        if (!socket)
            continue;
        WebSocketPrivate::of(socket)->unhold();
        return socket;
    }
    return nullptr;
}

WebSocketProtocol::CloseCode WebSocketServer::error() const
{
    return d->error;
}

QString WebSocketServer::errorString() const
{
    return d->errorString;
}

/*! New connections wait in the system's backlog until resumeAccepting(). */
void WebSocketServer::pauseAccepting()
{
    if (d->server)
        wirebird_server_pause(d->server.get());
}

void WebSocketServer::resumeAccepting()
{
    if (d->server)
        wirebird_server_resume(d->server.get());
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

QList<WebSocketProtocol::Version> WebSocketServer::supportedVersions() const
{
    return {WebSocketProtocol::Version13};
}

bool WebSocketServer::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

WebSocketServerPrivate::WebSocketServerPrivate(WebSocketServer *server, const QString &name,
                                               WebSocketServer::SslMode secureMode)
    : q(server), name(name), secureMode(secureMode)
{
}

WebSocketServerPrivate::~WebSocketServerPrivate() = default;

bool WebSocketServerPrivate::listen(const QHostAddress &newAddress, quint16 port)
{
    if (refuseToListen())
        return false;
    QByteArray host = newAddress.toString().toLatin1();
    if (newAddress == QHostAddress::Any)
        host = "::";
    wirebird_status_t status = start(host, port, -1);
    const bool isTaken =
        status == WIREBIRD_ERROR_ADDRESS_IN_USE || status == WIREBIRD_ERROR_PERMISSION;
    if (status != WIREBIRD_OK && !isTaken && newAddress == QHostAddress::Any)
        status = start("0.0.0.0", port, -1); // a system without IPv6
    if (status == WIREBIRD_OK) {
        address = newAddress;
        return true;
    }
    setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, listenError(status));
    return false;
}

bool WebSocketServerPrivate::adopt(qintptr descriptor)
{
    if (descriptor < 0 || refuseToListen())
        return false;
    const wirebird_status_t status = start(QByteArray(), 0, descriptor);
    if (status == WIREBIRD_OK) {
        address.clear();
        return true;
    }
    setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, listenError(status));
    return false;
}

bool WebSocketServerPrivate::refuseToListen()
{
    if (server) {
        qWarning("WebSocketServer: listening already; close() first");
        return true;
    }
    error = WebSocketProtocol::CloseCodeNormal;
    errorString.clear();
    if (secureMode == WebSocketServer::SecureMode) {
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection,
                 QStringLiteral("SecureMode needs TLS; this build of Wirebird has no TLS."));
        return true;
    }
    if (!Pump::current().queue().id) {
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, Pump::current().errorString());
        return true;
    }
    return false;
}

wirebird_status_t WebSocketServerPrivate::start(const QByteArray &host, quint16 port,
                                                qintptr descriptor)
{
    wirebird_server_options_t options;
    wirebird_server_options_init(&options, sizeof options);
    const QByteArray nameBytes = name.toUtf8();
    constexpr auto longest = std::chrono::milliseconds(std::numeric_limits<qint32>::max());
    // 0 is no limit to the engine.
    const auto timeout = std::clamp(handshakeTimeout, std::chrono::milliseconds(1), longest);
    options.host = textView(host);
    options.port = port;
    options.descriptor = descriptor;
    options.accept = WIREBIRD_ACCEPT_ASK;
    options.user_data = static_cast<EventSink *>(this);
    options.handshake_timeout_ms = handshakeTimeout.count() < 0 ? 0 : quint32(timeout.count());
    options.name = textView(nameBytes);
    // As with Qt: the system's limits decide.
    options.max_connections = std::numeric_limits<quint32>::max();
    wirebird_server_t started{0};
    const wirebird_status_t status =
        wirebird_server_listen(Pump::current().queue(), &options, &started);
    if (status == WIREBIRD_OK)
        server.reset(started);
    return status;
}

void WebSocketServerPrivate::close()
{
    if (server) {
        wirebird_server_close(server.get());
        server.release();
    }
    closePending();
    QMetaObject::invokeMethod(q, [this] { Q_EMIT q->closed(); }, Qt::QueuedConnection);
}

void WebSocketServerPrivate::closePending()
{
    while (!pending.isEmpty()) {
        const QPointer<WebSocket> socket = pending.dequeue();
        if (!socket)
            continue;
        socket->close(WebSocketProtocol::CloseCodeGoingAway, QStringLiteral("Server closed."));
        delete socket.data();
    }
}

void WebSocketServerPrivate::destroy()
{
    steps.leave();
    server.release();
    closePending();
    // While slots can still ask the server.
    QList<QPointer<WebSocket>> sockets;
    const auto children = q->findChildren<WebSocket *>(QString(), Qt::FindDirectChildrenOnly);
    for (WebSocket *socket : children)
        sockets.append(socket);
    for (const QPointer<WebSocket> &socket : std::as_const(sockets))
        delete socket.data();
}

/// As with Qt, an error that is the same as the last one is not told again.
void WebSocketServerPrivate::setError(WebSocketProtocol::CloseCode code, const QString &text)
{
    if (error == code && errorString == text)
        return;
    error = code;
    errorString = text;
    steps.add([this, code] { Q_EMIT q->serverError(code); });
    steps.run();
}

} // namespace Wirebird
