#include "chatclient.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <utility>

using Wirebird::WebSocket;

ChatClient::ChatClient(const QString &name, const QString &room, QObject *parent)
    : QObject(parent)
    , m_name(name)
    , m_room(room)
{
    connect(&m_socket, &WebSocket::connected, this, [this] { join(m_room); });
    connect(&m_socket, &WebSocket::textMessageReceived, this, &ChatClient::show);
    connect(&m_socket, &WebSocket::errorOccurred, this, [this] { finish(m_socket.errorString()); });
    connect(&m_socket, &WebSocket::disconnected, this, [this] {
        switch (const int code = m_socket.closeCode()) {
        case Wirebird::WebSocketProtocol::CloseCodeNormal:
            return finish(QString());
        case Wirebird::WebSocketProtocol::CloseCodeAbnormalDisconnection:
            return finish(m_socket.errorString());
        default:
            finish(QStringLiteral("The server has closed: %1 %2")
                       .arg(code)
                       .arg(m_socket.closeReason()));
        }
    });
}

void ChatClient::open(const QUrl &url)
{
    m_socket.open(url);
}

void ChatClient::take(const QString &line)
{
    const QString command = QStringLiteral("/join ");
    if (line.startsWith(command))
        join(line.mid(command.size()));
    else if (!line.isEmpty())
        send({ { QStringLiteral("say"), line } });
}

void ChatClient::close()
{
    m_socket.close();
}

void ChatClient::join(const QString &room)
{
    send({ { QStringLiteral("join"), room }, { QStringLiteral("name"), m_name } });
}

void ChatClient::show(const QString &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message.toUtf8()).object();
    const auto text = [&object](const char *key) { return object[QLatin1String(key)].toString(); };
    if (object.contains(QLatin1String("said"))) {
        emit shown(text("from") + QStringLiteral(": ") + text("said"));
    } else if (object.contains(QLatin1String("joined"))) {
        emit shown(text("joined") + QStringLiteral(" has come"));
    } else if (object.contains(QLatin1String("left"))) {
        emit shown(text("left") + QStringLiteral(" has left"));
    } else if (object.contains(QLatin1String("room"))) {
        QStringList names;
        const QJsonArray members = object[QLatin1String("members")].toArray();
        for (const QJsonValue &name : members)
            names << name.toString();
        emit shown(QStringLiteral("In %1: %2").arg(text("room"), names.join(QStringLiteral(", "))));
        if (!std::exchange(m_isIn, true))
            emit entered();
    } else if (!m_isIn) {
        // Not even in: the name is taken, say.
        finish(text("error"));
    } else {
        emit shown(QStringLiteral("! ") + text("error"));
    }
}

void ChatClient::send(const QJsonObject &message)
{
    m_socket.sendTextMessage(
        QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact)));
}

void ChatClient::finish(const QString &problem)
{
    if (!std::exchange(m_isOver, true))
        emit finished(problem);
}
