// Rooms in which people talk. Every message is a JSON object. A client says
//
//     {"join": "garden", "name": "Ada"}    to enter a room, and leave the one before
//     {"say": "Hello!"}
//
// and is told
//
//     {"room": "garden", "members": ["Ada", "Bob"]}    that it is in
//     {"joined": "Bob"}  {"left": "Bob"}  {"from": "Bob", "said": "Hello!"}
//     {"error": "The name Bob is taken."}
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QObject>

#include <wirebird/websocketserver.h>

class ChatServer : public QObject
{
    Q_OBJECT

public:
    // In characters, and people.
    static constexpr int longestName = 24, longestText = 1000, largestRoom = 100;

    explicit ChatServer(QObject *parent = nullptr);

    bool listen(const QHostAddress &address, quint16 port);

    QUrl url() const { return m_server.serverUrl(); }
    QString errorString() const { return m_server.errorString(); }

private:
    using WebSocket = Wirebird::WebSocket;
    struct Member
    {
        QString name;
        QString room; // Empty: in none.
    };

    void welcome();
    void take(WebSocket *client, const QString &message);
    void join(WebSocket *client, const QString &room, const QString &name);
    void say(WebSocket *client, const QString &text);
    void leave(WebSocket *client);
    void tell(WebSocket *client, const QJsonObject &message);
    void announce(const QString &room, const QJsonObject &message);

    Wirebird::WebSocketServer m_server;
    QHash<WebSocket *, Member> m_members;
    QHash<QString, QList<WebSocket *>> m_rooms; // None without people.
};
