// One message for many sockets.
#include "pump.h"
#include "websocket_p.h"

#include <wirebird/websocket.h>

#include <vector>

namespace Wirebird {
namespace {

int broadcast(const std::vector<wirebird_connection_t> &connections, quint32 payload,
              const void *data, qsizetype length)
{
    if (connections.empty())
        return 0;
    Pump::current().collect();
    uint64_t sent = 0;
    const wirebird_status_t status = wirebird_broadcast(connections.data(), connections.size(),
                                                        payload, data, size_t(length), &sent);
    return status == WIREBIRD_OK ? int(sent) : 0;
}

} // namespace

/*!
    Sends \a message by each of \a sockets that is in ConnectedState, and returns how
    many took it: not those in the middle of a message sent in frames, nor those past
    WebSocketLimits::maxUnsent(), with which it goes on as the overflow policy says. The
    message is copied and converted once, and compressed once for all connections
    without context takeover whose compression is the same.

    The sockets live on the calling thread. Never waits.
*/
int WebSocket::broadcastTextMessage(const QList<WebSocket *> &sockets, const QString &message)
{
    std::vector<wirebird_connection_t> connections;
    for (const WebSocket *const socket : sockets) {
        if (socket && socket->d->isValid())
            connections.push_back(socket->d->connection.get());
    }
    return broadcast(connections, WIREBIRD_PAYLOAD_UTF16, message.constData(), message.size());
}

/*!
    Sends \a data as broadcastTextMessage() does.
*/
int WebSocket::broadcastBinaryMessage(const QList<WebSocket *> &sockets, const QByteArray &data)
{
    std::vector<wirebird_connection_t> connections;
    for (const WebSocket *const socket : sockets) {
        if (socket && socket->d->isValid())
            connections.push_back(socket->d->connection.get());
    }
    return broadcast(connections, WIREBIRD_PAYLOAD_BINARY, data.constData(), data.size());
}

} // namespace Wirebird
