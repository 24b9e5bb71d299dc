// POST /login, POST /logout and GET /session: HTTP on the port of the WebSockets.
#pragma once

#include "sessions.h"
#include "users.h"

#include <QtCore/QThreadPool>

#include <wirebird/websocketserver.h>

class Login : public QObject
{
    Q_OBJECT

public:
    Login(const Users &users, std::chrono::minutes lifetime, QObject *parent = nullptr);
    ~Login() override;

    void serve(Wirebird::WebSocketServer *server);

    // Who asks, by the cookie; empty: nobody who is logged in.
    QString user(const Wirebird::HttpRequest &request) const;
    // The session in a Cookie field.
    static QByteArray sessionOf(const QByteArray &cookies);

Q_SIGNALS:
    void ended(const QByteArray &session);

private:
    void logIn(Wirebird::HttpResponder responder);
    void answer(Wirebird::HttpResponder *responder, const QString &user, bool isRight);
    Wirebird::HttpResponse logOut(const Wirebird::HttpRequest &request);

    const Users m_users;
    Sessions m_sessions;
    FailedLogins m_failures;
    int m_waiting = 0;
    QThreadPool m_threads; // The last member: its threads end first.
};
