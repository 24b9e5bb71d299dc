#include "subscriber.h"

#include "market.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

using Wirebird::WebSocket;

namespace {

// What may wait for a client that reads slowly. Past it changes are not queued: once it has read,
// it gets the newest price of each symbol, and none of those in between.
constexpr qint64 mostUnsent = 64 * 1024;

} // namespace

Subscriber::Subscriber(WebSocket *socket, const QByteArray &session, Market *market, QObject *parent)
    : QObject(parent), m_socket(socket), m_session(session), m_market(market)
{
    socket->setParent(this);
    connect(socket, &WebSocket::disconnected, this, &QObject::deleteLater);
    connect(socket, &WebSocket::textMessageReceived, this, &Subscriber::read);
    connect(socket, &WebSocket::binaryMessageReceived, this,
            [this] { refuse(QStringLiteral("Send JSON in text messages.")); });
    connect(socket, &WebSocket::bytesWritten, this, &Subscriber::sendChanges);
    connect(market, &Market::changed, this, &Subscriber::changed);
    send({ { QStringLiteral("symbols"), QJsonArray::fromStringList(market->symbols()) } });
}

void Subscriber::read(const QString &message)
{
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(message.toUtf8(), &error).object();
    if (error.error != QJsonParseError::NoError)
        return refuse(QStringLiteral("This is not JSON: %1.").arg(error.errorString()));

    const bool isMore = object.contains(QStringLiteral("subscribe"));
    const QJsonValue wanted = object.value(isMore ? QStringLiteral("subscribe")
                                                  : QStringLiteral("unsubscribe"));
    if (object.size() != 1 || !wanted.isArray())
        return refuse(QStringLiteral("Send {\"subscribe\":[…]} or {\"unsubscribe\":[…]}."));

    QStringList symbols;
    for (const QJsonValue &value : wanted.toArray()) {
        if (!m_market->symbols().contains(value.toString()))
            return refuse(QStringLiteral("There is no %1, but %2.")
                              .arg(value.isString() ? value.toString().left(20)
                                                    : QStringLiteral("symbol that is not a text"),
                                   m_market->symbols().join(QStringLiteral(", "))));
        symbols.append(value.toString());
    }
    for (const QString &symbol : qAsConst(symbols)) {
        m_subscribed.removeAll(symbol);
        m_changed.remove(symbol);
        if (isMore)
            m_subscribed.append(symbol);
    }
    m_subscribed.sort();
    QJsonObject answer = isMore ? m_market->prices(symbols) : QJsonObject();
    answer.insert(QStringLiteral("subscribed"), QJsonArray::fromStringList(m_subscribed));
    send(answer);
}

void Subscriber::changed(const QString &symbol)
{
    if (!m_subscribed.contains(symbol))
        return;
    m_changed.insert(symbol);
    sendChanges();
}

void Subscriber::sendChanges()
{
    if (m_changed.isEmpty() || m_socket->bytesToWrite() > mostUnsent)
        return;
    send(m_market->prices(m_changed.values()));
    m_changed.clear();
}

void Subscriber::send(const QJsonObject &object)
{
    m_socket->sendTextMessage(
        QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

void Subscriber::refuse(const QString &why)
{
    send({ { QStringLiteral("error"), why } });
}
