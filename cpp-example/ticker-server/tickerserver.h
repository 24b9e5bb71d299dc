// A made-up stock exchange: pushes each new price to every client.
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <wirebird/websocketserver.h>

class TickerServer : public QObject
{
    Q_OBJECT

public:
    explicit TickerServer(QObject *parent = nullptr);

    bool listen(const QHostAddress &address, quint16 port);
    void start(int intervalMs);

    QUrl url() const { return m_server.serverUrl(); }
    QString errorString() const { return m_server.errorString(); }

private:
    struct Stock
    {
        QString symbol;
        double price;

        QString toJson() const;
    };

    void welcome();
    void tick();

    Wirebird::WebSocketServer m_server;
    QList<Wirebird::WebSocket *> m_clients;
    QList<Stock> m_stocks;
    QTimer m_timer;
};
