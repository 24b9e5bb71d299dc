// A server from listen() to its end.
#include "websocketserver_p.h"

#include "carrier.h"
#include "convert.h"
#include "httprouter.h"
#include "log.h"
#include "pump.h"
#ifndef QT_NO_SSL
#  include "qttlslistener.h"
#endif

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

/// 0 is no limit to the engine, a negative one to Qt.
quint32 engineTimeout(std::chrono::milliseconds timeout)
{
    return timeout.count() < 0 ? 0 : quint32(clampTime(timeout, 1).count());
}

} // namespace

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

WebSocketServerPrivate::WebSocketServerPrivate(QObject *object,
                                               std::unique_ptr<WebSocketServerEmitter> emitter,
                                               Manner manner, const QString &name,
                                               Transport transport)
    : q(object),
      manner(manner),
      transport(transport),
      name(name),
      router(std::make_shared<HttpRouter>()),
      m_emitter(std::move(emitter))
{
    if (manner == Manner::QtWebSockets) {
        serverLimits = WebSocketServerLimitsPrivate::ofQtWebSockets();
        limits = WebSocketLimitsPrivate::ofQtWebSockets();
        compression = WebSocketCompressionPrivate::off();
        heartbeat = WebSocketHeartbeat();
    }
}

WebSocketServerPrivate::~WebSocketServerPrivate() = default;

bool WebSocketServerPrivate::listen(const QHostAddress &newAddress, quint16 port)
{
    if (refuseToListen())
        return false;
    m_isPaused = false;
#ifndef QT_NO_SSL
    if (transport == Transport::Tls) {
        TlsBy by = TlsBy::Engine;
        const QString failure = prepareTls(&m_tls, &by);
        if (!failure.isEmpty()) {
            setError(WebSocketProtocol::CloseCodeTlsHandshakeFailed, failure);
            return false;
        }
        if (by == TlsBy::Qt) {
            if (!listenByQt(newAddress, port, -1))
                return false;
            address = newAddress;
            return true;
        }
    }
#endif
    QByteArray host = newAddress.toString().toLatin1();
    if (newAddress == QHostAddress::Any)
        host = "::";
    wirebird_status_t status = start(host, port, -1, &server);
    const bool isTaken =
        status == WIREBIRD_ERROR_ADDRESS_IN_USE || status == WIREBIRD_ERROR_PERMISSION;
    if (status != WIREBIRD_OK && !isTaken && newAddress == QHostAddress::Any)
        status = start("0.0.0.0", port, -1, &server); // a system without IPv6
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
    m_isPaused = false;
#ifndef QT_NO_SSL
    if (transport == Transport::Tls) {
        TlsBy by = TlsBy::Engine;
        const QString failure = prepareTls(&m_tls, &by);
        if (!failure.isEmpty()) {
            setError(WebSocketProtocol::CloseCodeTlsHandshakeFailed, failure);
            return false;
        }
        if (by == TlsBy::Qt) {
            address.clear();
            return listenByQt(QHostAddress(), 0, descriptor);
        }
    }
#endif
    const wirebird_status_t status = start(QByteArray(), 0, descriptor, &server);
    if (status == WIREBIRD_OK) {
        address.clear();
        return true;
    }
    setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, listenError(status));
    return false;
}

bool WebSocketServerPrivate::refuseToListen()
{
    if (manner == Manner::Wirebird) {
        error = WebSocketProtocol::CloseCodeNormal;
        errorString.clear();
    }
    if (isListening()) {
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection,
                 QStringLiteral("The server is listening already; close() it first."));
        return true;
    }
#ifdef QT_NO_SSL
    if (transport == Transport::Tls) {
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection,
                 QStringLiteral("SecureMode needs a Qt that was built with its SSL classes."));
        return true;
    }
#endif
    if (!Pump::current().queue().id) {
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, Pump::current().errorString());
        return true;
    }
    return false;
}

wirebird_status_t WebSocketServerPrivate::start(const QByteArray &host, quint16 port,
                                                qint64 descriptor, ServerHandle *started)
{
    wirebird_server_options_t options;
    wirebird_server_options_init(&options, sizeof options);
    const QByteArray nameBytes = name.toUtf8();
    options.host = textView(host);
    options.port = port;
    options.descriptor = descriptor;
    options.accept = WIREBIRD_ACCEPT_ASK;
    options.user_data = static_cast<EventSink *>(this);
    options.handshake_timeout_ms = engineTimeout(handshakeTimeout);
    options.name = textView(nameBytes);
    WebSocketServerLimitsPrivate::of(serverLimits).fill(&options);
    const AccessOptions accessOptions(access, &options);
    if (!router->isEmpty() || hasHttpReceivers)
        options.http = WIREBIRD_HTTP_ASK;
#ifndef QT_NO_SSL
    wirebird_connection_options_t forConnection = defaultsOf(Role::Server);
    if (transport == Transport::Tls && descriptor != WIREBIRD_NO_SOCKET) {
        forConnection.want = WIREBIRD_WANT_TLS_ERRORS;
        forConnection.user_data = options.user_data; // until their requests come
        options.connection = &forConnection;
        options.tls = m_tls.get();
    }
#endif
    if (started == &server) {
        options.unix_path = textView(m_localPath);
        options.unix_mode = m_localMode;
    }
    applyLoggingRules();
    wirebird_server_t handle{0};
    const wirebird_status_t status =
        wirebird_server_listen(Pump::current().queue(), &options, &handle);
    if (status == WIREBIRD_OK)
        started->reset(handle);
    return status;
}

/// Devices have a server of the engine for themselves, that does not listen, so
/// that they are independent of listen() and close().
void WebSocketServerPrivate::handleConnection(QIODevice *device)
{
    if (!device)
        return;
    wirebird_status_t status = WIREBIRD_OK;
    if (!m_attached)
        status = start(QByteArray(), 0, WIREBIRD_NO_SOCKET, &m_attached);
    if (status == WIREBIRD_OK)
        status = Carrier::attach(m_attached.get(), device);
    if (status != WIREBIRD_OK)
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, lastError());
}

void WebSocketServerPrivate::close()
{
#ifndef QT_NO_SSL
    closeListener();
#endif
    if (server) {
        wirebird_server_close(server.get());
        server.release();
        m_localPath.clear();
    }
    closePending();
    QMetaObject::invokeMethod(q, [this] { m_emitter->closed(); }, Qt::QueuedConnection);
}

void WebSocketServerPrivate::closePending()
{
    while (!m_pending.isEmpty()) {
        const Accepted socket = m_pending.dequeue();
        if (socket.object)
            socket.d->close(WebSocketProtocol::CloseCodeGoingAway,
                            QStringLiteral("Server closed."));
        delete socket.object.data();
    }
}

void WebSocketServerPrivate::destroy()
{
    steps.leave();
    forgetAsked();
#ifndef QT_NO_SSL
    closeListener();
#endif
    server.release();
    m_attached.release();
#ifndef QT_NO_SSL
    for (const wirebird_connection_t connection : m_unasked)
        wirebird_connection_release(connection);
    m_unasked.clear();
#endif
    closePending();
    abortFetched();
}

/// Each in its own thread.
void WebSocketServerPrivate::abortFetched()
{
    const std::vector<Accepted> sockets = std::move(m_fetched);
    for (const auto &[object, d] : sockets) {
        if (!object)
            continue;
        if (object->thread() == q->thread())
            d->abort();
        else
            QMetaObject::invokeMethod(object.data(), [socket = d] { socket->abort(); });
    }
}

void WebSocketServerPrivate::setHandshakeTimeout(std::chrono::milliseconds timeout)
{
    handshakeTimeout = timeout;
    if (server)
        wirebird_server_set(server.get(), WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT,
                            engineTimeout(timeout));
}

void WebSocketServerPrivate::setServerLimits(const WebSocketServerLimits &newLimits)
{
    serverLimits = newLimits;
    if (server)
        WebSocketServerLimitsPrivate::of(serverLimits).apply(server.get());
    if (m_attached)
        WebSocketServerLimitsPrivate::of(serverLimits).apply(m_attached.get());
}

bool WebSocketServerPrivate::isListening() const
{
#ifndef QT_NO_SSL
    if (m_listener)
        return true;
#endif
    return bool(server);
}

void WebSocketServerPrivate::pauseAccepting()
{
    m_isPaused = true;
#ifndef QT_NO_SSL
    if (m_listener) {
        m_listener->pauseAccepting();
        return;
    }
#endif
    if (server)
        wirebird_server_pause(server.get());
}

void WebSocketServerPrivate::resumeAccepting()
{
    m_isPaused = false;
#ifndef QT_NO_SSL
    if (m_listener) {
        m_listener->resumeAccepting();
        return;
    }
#endif
    if (server)
        wirebird_server_resume(server.get());
}

quint16 WebSocketServerPrivate::serverPort() const
{
#ifndef QT_NO_SSL
    if (m_listener)
        return m_listener->serverPort();
#endif
    wirebird_address_t own{};
    if (server)
        wirebird_server_address(server.get(), &own);
    return own.port;
}

QHostAddress WebSocketServerPrivate::serverAddress() const
{
    if (!isListening())
        return QHostAddress();
    if (!address.isNull())
        return address;
#ifndef QT_NO_SSL
    if (m_listener)
        return m_listener->serverAddress();
#endif
    wirebird_address_t own{};
    wirebird_server_address(server.get(), &own);
    return toHostAddress(own);
}

QUrl WebSocketServerPrivate::serverUrl() const
{
    QUrl url;
    if (!isListening())
        return url;
    if (!m_localPath.isEmpty())
        return localUrl();
    const QHostAddress host = serverAddress();
    url.setScheme(transport == Transport::Tls ? QStringLiteral("wss") : QStringLiteral("ws"));
    url.setHost(isAny(host) ? QHostAddress(QHostAddress::LocalHost).toString() : host.toString());
    url.setPort(serverPort());
    return url;
}

qintptr WebSocketServerPrivate::socketDescriptor() const
{
#ifndef QT_NO_SSL
    if (m_listener)
        return m_listener->socketDescriptor();
#endif
    int64_t descriptor = -1;
    if (server)
        wirebird_server_descriptor(server.get(), &descriptor);
    return qintptr(descriptor);
}

/// As with Qt, an error that is the same as the last one is not told again.
void WebSocketServerPrivate::setError(WebSocketProtocol::CloseCode code, const QString &text)
{
    if (error == code && errorString == text)
        return;
    error = code;
    errorString = text;
    steps.add([this, code] { m_emitter->serverError(code); });
    steps.run();
}

} // namespace Wirebird
