// Logs in at the server by HTTP, as a browser's form does, and keeps the cookie.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkAccessManager>

class Login : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString user READ user NOTIFY changed)
    // Whether there are a name and a password that have not been refused.
    Q_PROPERTY(bool canLogIn READ canLogIn NOTIFY changed)
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed)
    Q_PROPERTY(QString problem READ problem NOTIFY changed)

public:
    // At the server of this ws:// or wss:// address.
    Login(const QUrl &server, const QString &user, const QString &password);

    QString user() const { return m_user; }
    bool canLogIn() const { return !m_user.isEmpty() && !m_password.isEmpty(); }
    bool isBusy() const { return m_isBusy; }
    QString problem() const { return m_problem; }

    Q_INVOKABLE void setUser(const QString &user, const QString &password);
    Q_INVOKABLE void logIn();

Q_SIGNALS:
    void changed();
    // The value of a Cookie field.
    void loggedIn(const QString &cookie);

private:
    void answered(QNetworkReply *reply);

    QUrl m_server;
    QString m_user;
    QString m_password;
    QString m_problem;
    bool m_isBusy = false;
    QNetworkAccessManager m_http;
};
