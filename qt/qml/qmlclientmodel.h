// The clients of a WebSocketServer as a list model.
#pragma once

#include "qmlwebsocket.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqml.h>

#include <vector>

namespace Wirebird {

/// A row for each open connection, the newest last.
class QmlClientModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(int updateInterval READ updateInterval WRITE setUpdateInterval
                   NOTIFY updateIntervalChanged)
    QML_NAMED_ELEMENT(WebSocketClients)
    QML_UNCREATABLE("WebSocketClients are the property clients of a WebSocketServer.")

public:
    enum Role {
        SocketRole = Qt::UserRole,
        AddressRole,
        PortRole,
        OriginRole,
        SubprotocolRole,
        ConnectedSinceRole,
        BytesReceivedRole,
        BytesSentRole,
        MessagesReceivedRole,
        MessagesSentRole,
        MessagesReceivedPerSecondRole,
        MessagesSentPerSecondRole,
        RoundTripTimeRole
    };

    explicit QmlClientModel(QObject *parent);

    int count() const { return int(m_clients.size()); }
    int updateInterval() const { return m_timer.interval(); }
    void setUpdateInterval(int interval);

    void add(QmlWebSocket *socket);
    void remove(QmlWebSocket *socket);
    std::vector<QmlWebSocket *> sockets() const;

    int rowCount(const QModelIndex &parent = QModelIndex()) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    void updateIntervalChanged();

private:
    struct Client
    {
        QmlWebSocket *socket;
        QString address;
        int port;
        QDateTime since;
        double received = 0; ///< Messages, when last looked.
        double sent = 0;
        double receivedPerSecond = 0;
        double sentPerSecond = 0;
    };

    void look();

    std::vector<Client> m_clients;
    QTimer m_timer;
    QElapsedTimer m_looked;
};

} // namespace Wirebird
