#include "tickerclient.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

using Wirebird::WebSocket;

TickerClient::TickerClient(QObject *parent)
    : QObject(parent), m_out(stdout)
{
    connect(&m_socket, &WebSocket::connected, this,
            [this] { m_out << "Connected to " << m_socket.requestUrl().toString() << Qt::endl; });
    connect(&m_socket, &WebSocket::textMessageReceived, this, &TickerClient::show);
    connect(&m_socket, &WebSocket::errorOccurred, this,
            [this] { emit failed(m_socket.errorString()); });
    connect(&m_socket, &WebSocket::disconnected, this,
            [this] { emit failed(QStringLiteral("The server closed the connection.")); });
}

void TickerClient::open(const QUrl &url)
{
    m_socket.open(url);
}

void TickerClient::show(const QString &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message.toUtf8()).object();
    const QString symbol = object.value(QLatin1String("symbol")).toString();
    const double price = object.value(QLatin1String("price")).toDouble();
    if (symbol.isEmpty()) {
        emit failed(QStringLiteral("This is not a price: ") + message.left(80));
        return;
    }

    const double change = price - m_prices.value(symbol, price);
    m_prices.insert(symbol, price);
    ++m_count;
    m_out << symbol.leftJustified(8) << QString::number(price, 'f', 2).rightJustified(8) << "  "
          << (change > 0 ? '+' : change < 0 ? '-' : ' ') << Qt::endl;
}
