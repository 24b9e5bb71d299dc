// The prices of a ticker-server as a list model: one row for each symbol.
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QTimer>
#include <QtCore/QUrl>

#include <wirebird/websocket.h>

class TickerModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(QString status READ status NOTIFY statusChanged)
    Q_PROPERTY(int received READ received NOTIFY receivedChanged)

public:
    enum Role {
        SymbolRole = Qt::UserRole,
        PriceRole,
        // Since the first price, in per cent.
        ChangeRole,
        // 1 after a rise, -1 after a fall, 0 before either.
        DirectionRole,
    };

    explicit TickerModel(const QUrl &url, QObject *parent = nullptr);

    bool isConnected() const { return m_connected; }
    QString status() const { return m_status; }
    int received() const { return m_received; }

    int rowCount(const QModelIndex &parent = QModelIndex()) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void connectedChanged();
    void statusChanged();
    void receivedChanged();

private:
    struct Stock
    {
        QString symbol;
        double first;
        double price;
        int direction;
    };

    void open();
    void setState(bool connected, const QString &status);
    void take(const QString &message);
    void setPrice(const QString &symbol, double price);

    QTimer m_retry;
    QList<Stock> m_stocks;
    const QUrl m_url;
    QString m_status;
    bool m_connected = false;
    int m_received = 0;
    // The last member, destroyed first: disconnected() comes while the others still live.
    Wirebird::WebSocket m_socket;
};
