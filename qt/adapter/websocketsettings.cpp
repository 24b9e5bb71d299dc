// What a WebSocket is set to, and what it tells of its connection.
#include "websocket_p.h"

#include "convert.h"

#include <algorithm>
#include <limits>

namespace Wirebird {

WebSocketPrivate::WebSocketPrivate(QObject *object, std::unique_ptr<WebSocketEmitter> emitter,
                                   Manner manner, const QString &origin, int version)
    : q(object),
      manner(manner),
      origin(origin),
      version(version),
      m_emitter(std::move(emitter))
{
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
    maxFrameSize = size;
    set(WIREBIRD_OPTION_MAX_FRAME_SIZE, std::max<quint64>(size, 1));
}

void WebSocketPrivate::setMaxMessageSize(quint64 size)
{
    if (size > largestSize)
        return;
    maxMessageSize = size;
    set(WIREBIRD_OPTION_MAX_MESSAGE_SIZE, std::max<quint64>(size, 1));
}

void WebSocketPrivate::setOutgoingFrameSize(quint64 size)
{
    if (size == 0 || size > largestSize)
        return;
    outgoingFrameSize = size;
    set(WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, std::max<quint64>(size, 4));
}

wirebird_connection_options_t WebSocketPrivate::connectionOptions(bool isClient)
{
    wirebird_connection_options_t options;
    if (isClient)
        wirebird_client_connection_options_init(&options, sizeof options);
    else
        wirebird_server_connection_options_init(&options, sizeof options);
    options.want = m_wants;
    options.user_data = static_cast<EventSink *>(this);
    options.max_message_size = std::max<quint64>(maxMessageSize, 1);
    options.max_frame_size = std::max<quint64>(maxFrameSize, 1);
    options.outgoing_frame_size = std::max<quint64>(outgoingFrameSize, 4);
    // As with Qt: what waits to be sent is the application's affair, and there
    // is no heartbeat.
    options.max_unsent = quint64(std::numeric_limits<qint64>::max());
    options.high_water = options.max_unsent;
    options.ping_interval_ms = 0;
    return options;
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
    if (connection && state != QAbstractSocket::ConnectingState)
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
