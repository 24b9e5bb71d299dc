// One person in a room of a chat-server; its messages are in chatserver.h.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <wirebird/websocket.h>

class ChatClient : public QObject
{
    Q_OBJECT

public:
    ChatClient(const QString &name, const QString &room, QObject *parent = nullptr);

    void open(const QUrl &url);
    // A text for the room, or "/join ROOM".
    void take(const QString &line);
    void close();

Q_SIGNALS:
    void entered();
    void shown(const QString &line);
    // The last one. Empty: as it was wanted.
    void finished(const QString &problem);

private:
    void join(const QString &room);
    void show(const QString &message);
    void send(const QJsonObject &message);
    void finish(const QString &problem);

    const QString m_name;
    QString m_room;
    bool m_isIn = false;
    bool m_isOver = false;
    // The last member, destroyed first: disconnected() comes while the others still live.
    Wirebird::WebSocket m_socket;
};
