// The clients of a WebSocketServer as a list model.
#include "qmlclientmodel.h"

#include <algorithm>

namespace Wirebird {

/*!
    \qmltype WebSocketClients
    \inqmlmodule Wirebird
    \brief The clients of a WebSocketServer as a list model.

    A row for each open connection, in the order in which they came. The roles are
    socket (a WebSocket), address, port, origin, subprotocol, connectedSince,
    bytesReceived, bytesSent, messagesReceived, messagesSent,
    messagesReceivedPerSecond, messagesSentPerSecond and roundTripTime (milliseconds;
    0 before the first answered Ping).

    \qmlproperty int WebSocketClients::count

    \qmlproperty int WebSocketClients::updateInterval
    How often figures are told and rates measured, in milliseconds from 10 on; default
    1000.
*/

QmlClientModel::QmlClientModel(QObject *parent)
    : QAbstractListModel(parent)
{
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &QmlClientModel::look);
}

void QmlClientModel::setUpdateInterval(int interval)
{
    interval = std::max(interval, 10);
    if (interval == m_timer.interval())
        return;
    m_timer.setInterval(interval);
    Q_EMIT updateIntervalChanged();
}

void QmlClientModel::add(QmlWebSocket *socket)
{
    const int row = count();
    if (row == 0) {
        m_looked.start();
        m_timer.start();
    }
    beginInsertRows(QModelIndex(), row, row);
    m_clients.push_back({socket, socket->peerAddress(), socket->peerPort(),
                         QDateTime::currentDateTime()});
    endInsertRows();
    Q_EMIT countChanged();
}

void QmlClientModel::remove(QmlWebSocket *socket)
{
    const auto found = std::find_if(m_clients.begin(), m_clients.end(),
                                    [=](const Client &client) { return client.socket == socket; });
    if (found == m_clients.end())
        return;
    const int row = int(found - m_clients.begin());
    beginRemoveRows(QModelIndex(), row, row);
    m_clients.erase(found);
    endRemoveRows();
    if (m_clients.empty())
        m_timer.stop();
    Q_EMIT countChanged();
}

std::vector<QmlWebSocket *> QmlClientModel::sockets() const
{
    std::vector<QmlWebSocket *> sockets;
    sockets.reserve(m_clients.size());
    for (const Client &client : m_clients)
        sockets.push_back(client.socket);
    return sockets;
}

void QmlClientModel::look()
{
    const double seconds = double(std::max<qint64>(m_looked.restart(), 1)) / 1000;
    for (Client &client : m_clients) {
        const double received = client.socket->messagesReceived();
        const double sent = client.socket->messagesSent();
        client.receivedPerSecond = (received - client.received) / seconds;
        client.sentPerSecond = (sent - client.sent) / seconds;
        client.received = received;
        client.sent = sent;
    }
    static const QVector<int> figures{
        BytesReceivedRole,  BytesSentRole,
        MessagesReceivedRole, MessagesSentRole,
        MessagesReceivedPerSecondRole, MessagesSentPerSecondRole,
        RoundTripTimeRole};
    if (!m_clients.empty())
        Q_EMIT dataChanged(index(0), index(count() - 1), figures);
}

int QmlClientModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant QmlClientModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return QVariant();
    const Client &client = m_clients[std::size_t(index.row())];
    switch (role) {
    case SocketRole:
        return QVariant::fromValue(client.socket);
    case Qt::DisplayRole:
    case AddressRole:
        return client.address;
    case PortRole:
        return client.port;
    case OriginRole:
        return client.socket->origin();
    case SubprotocolRole:
        return client.socket->negotiatedSubprotocol();
    case ConnectedSinceRole:
        return client.since;
    case BytesReceivedRole:
        return client.socket->bytesReceived();
    case BytesSentRole:
        return client.socket->bytesSent();
    case MessagesReceivedRole:
        return client.socket->messagesReceived();
    case MessagesSentRole:
        return client.socket->messagesSent();
    case MessagesReceivedPerSecondRole:
        return client.receivedPerSecond;
    case MessagesSentPerSecondRole:
        return client.sentPerSecond;
    case RoundTripTimeRole:
        return client.socket->roundTripTime();
    default:
        return QVariant();
    }
}

QHash<int, QByteArray> QmlClientModel::roleNames() const
{
    return {
        {SocketRole, "socket"},
        {AddressRole, "address"},
        {PortRole, "port"},
        {OriginRole, "origin"},
        {SubprotocolRole, "subprotocol"},
        {ConnectedSinceRole, "connectedSince"},
        {BytesReceivedRole, "bytesReceived"},
        {BytesSentRole, "bytesSent"},
        {MessagesReceivedRole, "messagesReceived"},
        {MessagesSentRole, "messagesSent"},
        {MessagesReceivedPerSecondRole, "messagesReceivedPerSecond"},
        {MessagesSentPerSecondRole, "messagesSentPerSecond"},
        {RoundTripTimeRole, "roundTripTime"},
    };
}

} // namespace Wirebird
