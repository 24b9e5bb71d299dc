#include "tickerserver.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>

#include <wirebird/websocket.h>

#include <algorithm>
#include <cmath>
#include <utility>

using Wirebird::WebSocket;
using Wirebird::WebSocketServer;

TickerServer::TickerServer(QObject *parent)
    : QObject(parent)
    , m_server(QStringLiteral("ticker"), WebSocketServer::NonSecureMode)
    , m_stocks({ { QStringLiteral("ALBA"), 84.20 },
                 { QStringLiteral("FINCH"), 12.75 },
                 { QStringLiteral("HERON"), 203.10 },
                 { QStringLiteral("ROBIN"), 31.48 },
                 { QStringLiteral("SWIFT"), 147.95 },
                 { QStringLiteral("WREN"), 5.63 } })
{
    connect(&m_server, &WebSocketServer::newConnection, this, &TickerServer::welcome);
    connect(&m_timer, &QTimer::timeout, this, &TickerServer::tick);
}

bool TickerServer::listen(const QHostAddress &address, quint16 port)
{
    return m_server.listen(address, port);
}

void TickerServer::start(int intervalMs)
{
    m_timer.start(intervalMs);
}

void TickerServer::welcome()
{
    while (WebSocket *client = m_server.nextPendingConnection()) {
        client->setParent(this);
        m_clients.append(client);
        connect(client, &WebSocket::disconnected, this, [this, client] {
            m_clients.removeOne(client);
            client->deleteLater();
        });
        for (const Stock &stock : std::as_const(m_stocks))
            client->sendTextMessage(stock.toJson());
    }
}

// One price moves, by up to one per cent, and everybody hears of it.
void TickerServer::tick()
{
    QRandomGenerator *random = QRandomGenerator::global();
    Stock &stock = m_stocks[random->bounded(int(m_stocks.size()))];
    const double change = (random->generateDouble() - 0.5) / 50;
    stock.price = std::max(0.01, std::round(stock.price * (1 + change) * 100) / 100);

    const QString message = stock.toJson();
    for (WebSocket *client : std::as_const(m_clients))
        client->sendTextMessage(message);
}

QString TickerServer::Stock::toJson() const
{
    const QJsonObject object{
        { QStringLiteral("symbol"), symbol },
        { QStringLiteral("price"), price },
        { QStringLiteral("time"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs) },
    };
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}
