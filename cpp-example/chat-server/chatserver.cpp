#include "chatserver.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <wirebird/websocket.h>

using Wirebird::WebSocketLimits;
using Wirebird::WebSocketServer;

namespace {

// Control characters would reach the others' terminals.
bool isShowable(const QString &text, int longest)
{
    const auto characters = text.toUcs4();
    for (const auto character : characters) {
        if (!QChar::isPrint(character))
            return false;
    }
    return !text.trimmed().isEmpty() && characters.size() <= longest;
}

QString toText(const QJsonObject &message)
{
    return QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact));
}

QJsonObject error(const QString &text)
{
    return { { QStringLiteral("error"), text } };
}

} // namespace

ChatServer::ChatServer(QObject *parent)
    : QObject(parent)
    , m_server(QStringLiteral("chat"), WebSocketServer::NonSecureMode)
{
    // What a client may send at once, and what may wait for one that doesn't read: it is closed
    // then, and the others don't notice.
    WebSocketLimits limits = m_server.limits();
    limits.setMaxMessageSize(8 * 1024);
    limits.setMaxUnsent(256 * 1024);
    m_server.setLimits(limits);
    connect(&m_server, &WebSocketServer::newConnection, this, &ChatServer::welcome);
}

bool ChatServer::listen(const QHostAddress &address, quint16 port)
{
    return m_server.listen(address, port);
}

void ChatServer::welcome()
{
    while (WebSocket *client = m_server.nextPendingConnection()) {
        client->setParent(this);
        m_members.insert(client, {});
        connect(client, &WebSocket::textMessageReceived, this,
                [this, client](const QString &message) { take(client, message); });
        // Comes in any case, also when the network fails: see WebSocketServer::setHeartbeat().
        connect(client, &WebSocket::disconnected, this, [this, client] {
            leave(client);
            m_members.remove(client);
            client->deleteLater();
        });
    }
}

void ChatServer::take(WebSocket *client, const QString &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message.toUtf8()).object();
    const QString join = QStringLiteral("join"), say = QStringLiteral("say");
    if (object.value(join).isString())
        this->join(client, object[join].toString(), object[QStringLiteral("name")].toString());
    else if (object.value(say).isString())
        this->say(client, object[say].toString());
    else
        tell(client,
             error(QStringLiteral("Send {\"join\": room, \"name\": name} or {\"say\": text}.")));
}

void ChatServer::join(WebSocket *client, const QString &room, const QString &name)
{
    if (!isShowable(room, longestName) || !isShowable(name, longestName)) {
        return tell(client,
                    error(QStringLiteral("Rooms and names have 1 to %1 characters, none of "
                                         "them a control character.")
                              .arg(longestName)));
    }
    const QList<WebSocket *> people = m_rooms.value(room);
    QJsonArray names;
    for (WebSocket *other : people) {
        const QString taken = m_members[other].name;
        if (other != client && taken == name)
            return tell(client, error(QStringLiteral("The name %1 is taken.").arg(name)));
        if (other != client)
            names.append(taken);
    }
    if (names.size() >= largestRoom)
        return tell(client, error(QStringLiteral("The room %1 is full.").arg(room)));

    leave(client);
    announce(room, { { QStringLiteral("joined"), name } });
    m_members[client] = { name, room };
    m_rooms[room].append(client);
    names.append(name);
    tell(client, { { QStringLiteral("room"), room }, { QStringLiteral("members"), names } });
}

void ChatServer::say(WebSocket *client, const QString &text)
{
    const Member member = m_members.value(client);
    if (member.room.isEmpty())
        return tell(client, error(QStringLiteral("Join a room first.")));
    if (!isShowable(text, longestText)) {
        return tell(client,
                    error(QStringLiteral("A message has 1 to %1 characters, none of them a "
                                         "control character.")
                              .arg(longestText)));
    }
    announce(member.room,
             { { QStringLiteral("from"), member.name }, { QStringLiteral("said"), text } });
}

void ChatServer::leave(WebSocket *client)
{
    const Member member = m_members.value(client);
    if (member.room.isEmpty())
        return;
    m_members[client].room.clear();
    m_rooms[member.room].removeOne(client);
    if (m_rooms[member.room].isEmpty())
        m_rooms.remove(member.room);
    announce(member.room, { { QStringLiteral("left"), member.name } });
}

void ChatServer::tell(WebSocket *client, const QJsonObject &message)
{
    client->sendTextMessage(toText(message));
}

// One text for everybody in the room, converted and compressed once.
void ChatServer::announce(const QString &room, const QJsonObject &message)
{
    WebSocket::broadcastTextMessage(m_rooms.value(room), toText(message));
}
