// Who is logged in: a random number for each session, which the browser keeps in a cookie. They
// are in memory: a restart logs everybody out.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <chrono>

class Sessions : public QObject
{
    Q_OBJECT

public:
    explicit Sessions(std::chrono::minutes lifetime, QObject *parent = nullptr);

    // The new session's id: 128 bits, in hexadecimal digits.
    QByteArray begin(const QString &user);
    // The user of a session; empty if there is none of this id, or no longer.
    QString user(const QByteArray &id) const;
    void end(const QByteArray &id);
    std::chrono::seconds lifetime() const { return m_lifetime; }

Q_SIGNALS:
    void ended(const QByteArray &id);

private:
    struct Session
    {
        QString user;
        std::chrono::steady_clock::time_point until;
    };

    void endOld();

    const std::chrono::minutes m_lifetime;
    QHash<QByteArray, Session> m_sessions;
    QTimer m_timer;
};

// How often logins of an address have failed: after five it waits a minute.
class FailedLogins
{
public:
    bool mayTry(const QString &address);
    void failed(const QString &address);
    void succeeded(const QString &address) { m_failures.remove(address); }

    static constexpr int most = 5;
    static constexpr std::chrono::seconds pause{ 60 };

private:
    struct Failures
    {
        int count = 0;
        std::chrono::steady_clock::time_point last;
    };

    void forgetOld();

    QHash<QString, Failures> m_failures;
};
