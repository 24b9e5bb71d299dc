// What a WebSocket is set to, and what it tells of its connection.
#include "websocket_p.h"

#include "convert.h"

#include <algorithm>

namespace Wirebird {

WebSocketPrivate::WebSocketPrivate(QObject *object, std::unique_ptr<WebSocketEmitter> emitter,
                                   Manner manner, const QString &origin, int version)
    : q(object),
      manner(manner),
      origin(origin),
      version(version),
      m_emitter(std::move(emitter))
{
    if (manner == Manner::QtWebSockets) {
        limits = WebSocketLimitsPrivate::ofQtWebSockets();
        compression = WebSocketCompressionPrivate::off();
    }
}

WebSocketPrivate::~WebSocketPrivate() = default;

void WebSocketPrivate::set(quint32 option, quint64 value)
{
    if (connection)
        wirebird_connection_set(connection.get(), option, value);
}

void WebSocketPrivate::setMaxFrameSize(quint64 size)
{
    if (size > largestSize)
        return;
    limits.setMaxFrameSize(size);
    set(WIREBIRD_OPTION_MAX_FRAME_SIZE, std::max<quint64>(size, 1));
}

void WebSocketPrivate::setMaxMessageSize(quint64 size)
{
    if (size > largestSize)
        return;
    limits.setMaxMessageSize(size);
    set(WIREBIRD_OPTION_MAX_MESSAGE_SIZE, std::max<quint64>(size, 1));
}

void WebSocketPrivate::setLimits(const WebSocketLimits &newLimits)
{
    limits = newLimits;
    if (connection)
        WebSocketLimitsPrivate::of(limits).apply(connection.get());
}

void WebSocketPrivate::setHeartbeat(const WebSocketHeartbeat &newHeartbeat)
{
    heartbeat = newHeartbeat;
    if (connection)
        WebSocketHeartbeatPrivate::of(heartbeat).apply(connection.get());
}

void WebSocketPrivate::setOutgoingFrameSize(quint64 size)
{
    if (size == 0 || size > largestSize)
        return;
    outgoingFrameSize = size;
    set(WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, std::max<quint64>(size, 4));
}

wirebird_connection_options_t WebSocketPrivate::connectionOptions(Role role)
{
    wirebird_connection_options_t options = defaultsOf(role);
    options.want = m_wants;
    options.user_data = static_cast<EventSink *>(this);
    options.outgoing_frame_size = std::max<quint64>(outgoingFrameSize, 4);
    WebSocketLimitsPrivate::of(limits).fill(&options);
    WebSocketCompressionPrivate::of(compression).fill(&options);
    WebSocketHeartbeatPrivate::of(heartbeat).fill(&options);
    return options;
}

quint64 WebSocketPrivate::figure(quint32 option) const
{
    uint64_t value = 0;
    if (connection)
        wirebird_connection_get(connection.get(), option, &value);
    return value;
}

bool WebSocketPrivate::isValid() const
{
    return connection && state == QAbstractSocket::ConnectedState;
}

QString WebSocketPrivate::shownErrorString() const
{
    if (errorString.isEmpty() && state != QAbstractSocket::UnconnectedState)
        return QStringLiteral("Unknown error");
    return errorString;
}

void WebSocketPrivate::addresses(wirebird_address_t *local, wirebird_address_t *peer) const
{
    if (!connection || state == QAbstractSocket::ConnectingState)
        return;
#ifndef QT_NO_SSL
    if (tls.qt) {
        if (local)
            *local = m_carriedLocal;
        if (peer)
            *peer = m_carriedPeer;
        return;
    }
#endif
    wirebird_connection_addresses(connection.get(), local, peer);
}

QHostAddress WebSocketPrivate::localAddress() const
{
    wirebird_address_t local{};
    addresses(&local, nullptr);
    return toHostAddress(local);
}

quint16 WebSocketPrivate::localPort() const
{
    wirebird_address_t local{};
    addresses(&local, nullptr);
    return local.port;
}

QHostAddress WebSocketPrivate::peerAddress() const
{
    wirebird_address_t peer{};
    addresses(nullptr, &peer);
    return toHostAddress(peer);
}

quint16 WebSocketPrivate::peerPort() const
{
    wirebird_address_t peer{};
    addresses(nullptr, &peer);
    return peer.port;
}

} // namespace Wirebird
