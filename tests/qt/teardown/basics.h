// What the tables of teardown share: other threads, the log of signals, and a witness.
#pragma once

#include "../../tsan/handover.h"

#include <QtCore/QEventLoop>
#include <QtCore/QPointer>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtTest/QtTest>

#include <functional>
#include <memory>
#include <mutex>

namespace Teardown {

using State = QAbstractSocket::SocketState;
using Slot = std::function<void()>;

inline bool isSoon(const std::function<bool()> &condition)
{
    return QTest::qWaitFor(condition, 10000);
}

using Worker = LoopThread;

/// Runs `function` where `object` lives.
inline void there(QObject *object, const Slot &function)
{
    if (object->thread() == QThread::currentThread())
        function();
    else
        callThere(object, function);
}

/// Each in a round of its own of the event loop that runs next.
inline void inTurn(QObject *context, const Slot &first, const Slot &second)
{
    QMetaObject::invokeMethod(
        context,
        [context, first, second] {
            first();
            QMetaObject::invokeMethod(context, second, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

/// A letter for each signal, by any thread.
class Log
{
public:
    void add(char letter)
    {
        const std::lock_guard lock(m_mutex);
        m_letters += letter;
    }
    QByteArray letters() const
    {
        const std::lock_guard lock(m_mutex);
        return m_letters;
    }

private:
    mutable std::mutex m_mutex;
    QByteArray m_letters;
};

inline char letterOf(State state)
{
    switch (state) {
    case QAbstractSocket::ConnectingState:
        return 'C';
    case QAbstractSocket::ConnectedState:
        return 'O';
    case QAbstractSocket::ClosingState:
        return 'L';
    default:
        return 'U';
    }
}

/// An echo of its own that nothing of this should reach.
class Witness
{
public:
    Server server{"witness", Server::NonSecureMode};

    bool open()
    {
        QObject::connect(&server, &Server::newConnection, &server, [this] {
            Socket *const peer = server.nextPendingConnection();
            peer->setParent(&server);
            QObject::connect(peer, &Socket::textMessageReceived, peer,
                             &Socket::sendTextMessage);
        });
        if (!server.listen(QHostAddress::LocalHost))
            return false;
        m_client.open(server.serverUrl());
        return isSoon([this] { return m_client.isValid(); });
    }
    /// It works, and what was on its way for others has been delivered.
    bool works()
    {
        for (int i = 0; i < 3; ++i) {
            QEventLoop loop;
            QObject::connect(&m_client, &Socket::textMessageReceived, &loop, &QEventLoop::quit);
            QTimer::singleShot(10000, &loop, [&] { loop.exit(1); });
            m_client.sendTextMessage("echo");
            if (loop.exec() != 0)
                return false;
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return true;
    }

private:
    Socket m_client;
};

} // namespace Teardown
