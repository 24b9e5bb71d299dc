#include "sessions.h"

#include "users.h"

using Clock = std::chrono::steady_clock;

Sessions::Sessions(std::chrono::minutes lifetime, QObject *parent)
    : QObject(parent), m_lifetime(lifetime)
{
    connect(&m_timer, &QTimer::timeout, this, &Sessions::endOld);
    m_timer.start(std::chrono::seconds(10));
}

QByteArray Sessions::begin(const QString &user)
{
    const QByteArray id = randomHex(16);
    m_sessions.insert(id, { user, Clock::now() + m_lifetime });
    return id;
}

QString Sessions::user(const QByteArray &id) const
{
    const auto found = m_sessions.constFind(id);
    return found == m_sessions.constEnd() || found->until <= Clock::now() ? QString() : found->user;
}

void Sessions::end(const QByteArray &id)
{
    if (m_sessions.remove(id) > 0)
        emit ended(id);
}

void Sessions::endOld()
{
    const QList<QByteArray> ids = m_sessions.keys();
    for (const QByteArray &id : ids) {
        if (user(id).isEmpty())
            end(id);
    }
}

bool FailedLogins::mayTry(const QString &address)
{
    forgetOld();
    return m_failures.value(address).count < most;
}

void FailedLogins::failed(const QString &address)
{
    Failures &failures = m_failures[address];
    ++failures.count;
    failures.last = Clock::now();
}

void FailedLogins::forgetOld()
{
    for (auto it = m_failures.begin(); it != m_failures.end();)
        it = it->last + pause <= Clock::now() ? m_failures.erase(it) : std::next(it);
}
