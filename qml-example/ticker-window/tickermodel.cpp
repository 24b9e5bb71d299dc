#include "tickermodel.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

using Wirebird::WebSocket;

TickerModel::TickerModel(const QUrl &url, QObject *parent)
    : QAbstractListModel(parent), m_url(url)
{
    connect(&m_socket, &WebSocket::connected, this,
            [this] { setState(true, m_url.toString()); });
    connect(&m_socket, &WebSocket::textMessageReceived, this, &TickerModel::take);
    connect(&m_socket, &WebSocket::errorOccurred, this, [this] {
        setState(false, m_socket.errorString());
        m_retry.start();
    });
    connect(&m_socket, &WebSocket::disconnected, this, [this] {
        if (m_connected)
            setState(false, tr("The server closed the connection."));
        m_retry.start();
    });

    m_retry.setInterval(2000);
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &TickerModel::open);
    open();
}

void TickerModel::open()
{
    setState(false, tr("Connecting to %1").arg(m_url.toString()));
    m_socket.open(m_url);
}

void TickerModel::setState(bool connected, const QString &status)
{
    if (m_connected != connected) {
        m_connected = connected;
        emit connectedChanged();
    }
    if (m_status != status) {
        m_status = status;
        emit statusChanged();
    }
}

void TickerModel::take(const QString &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message.toUtf8()).object();
    const QString symbol = object.value(QLatin1String("symbol")).toString();
    if (symbol.isEmpty())
        return;
    setPrice(symbol, object.value(QLatin1String("price")).toDouble());
    ++m_received;
    emit receivedChanged();
}

void TickerModel::setPrice(const QString &symbol, double price)
{
    const auto stock = std::find_if(m_stocks.begin(), m_stocks.end(),
                                    [&](const Stock &s) { return s.symbol == symbol; });
    const int row = int(stock - m_stocks.begin());
    if (stock == m_stocks.end()) {
        beginInsertRows(QModelIndex(), row, row);
        m_stocks.append({ symbol, price, price, 0 });
        endInsertRows();
    } else {
        if (price != stock->price)
            stock->direction = price > stock->price ? 1 : -1;
        stock->price = price;
        emit dataChanged(index(row), index(row), { PriceRole, ChangeRole, DirectionRole });
    }
}

int TickerModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_stocks.size());
}

QVariant TickerModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return QVariant();
    const Stock &stock = m_stocks.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case SymbolRole:
        return stock.symbol;
    case PriceRole:
        return stock.price;
    case ChangeRole:
        return stock.first > 0 ? (stock.price / stock.first - 1) * 100 : 0.0;
    case DirectionRole:
        return stock.direction;
    default:
        return QVariant();
    }
}

QHash<int, QByteArray> TickerModel::roleNames() const
{
    return {
        { SymbolRole, "symbol" },
        { PriceRole, "price" },
        { ChangeRole, "change" },
        { DirectionRole, "direction" },
    };
}
