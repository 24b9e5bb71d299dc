// Does something to a socket in the slot of one of its signals.
#pragma once

#include "signals.h"

#include <QtCore/QUrl>
#include <QtNetwork/QNetworkProxy>

namespace Teardown {

inline const QByteArrayList deeds{"delete", "deleteLater", "abort", "close", "open",
                                  "moveToThread"};

/// Does the deed of the row to `socket` at the row's signal.
class Attack
{
public:
    Attack(const QByteArray &signal, char state, const QByteArray &deed, const QUrl &elsewhere)
        : m_signal(signal), m_state(state), m_deed(deed), m_elsewhere(elsewhere)
    {
    }
    ~Attack()
    {
        if (target)
            there(target, [this] { delete target; });
    }

    void on(Socket *socket)
    {
        target = socket;
        if (letterOf(socket->state()) == 'O')
            for (const char letter : {'C', 'O', 'o'})
                log.add(letter);
        forEachSignal(socket, [this](const QByteArray &signal, char letter) {
            log.add(letter);
            if (!hasHappened && signal == m_signal
                && letterOf(target->state()) == m_state) {
                hasHappened = true;
                perform();
            }
        });
    }

    QPointer<Socket> target;
    bool hasHappened = false;
    /// The signals when the destructor had returned.
    QByteArray atTheEnd;
    Log log;

private:
    /// "close, ignoreSslErrors": the one, then the other.
    void perform()
    {
        for (const QByteArray &deed : m_deed.split(',')) {
            if (target)
                perform(deed.trimmed());
        }
    }
    void perform(const QByteArray &deed)
    {
        if (deed == "delete") {
            delete target;
            atTheEnd = log.letters();
        } else if (deed == "delete in a nested loop") {
            QEventLoop loop;
            inTurn(&loop, [this] { perform("delete"); }, [&loop] { loop.quit(); });
            loop.exec();
        } else if (deed == "deleteLater") {
            target->deleteLater();
        } else if (deed == "abort") {
            target->abort();
        } else if (deed == "close") {
            target->close();
        } else if (deed == "open") {
            target->setProxy(QNetworkProxy::NoProxy);
            target->open(m_elsewhere);
        } else if (deed == "ignoreSslErrors") {
            target->ignoreSslErrors();
        } else {
            target->moveToThread(&m_thread);
        }
    }

    Worker m_thread;
    const QByteArray m_signal;
    const char m_state;
    const QByteArray m_deed;
    const QUrl m_elsewhere;
};

/// The signals were the promised ones, and none came after the end.
inline void checkAfterwards(Attack &attack, char state, const QByteArray &deed)
{
    const QByteArray log = attack.log.letters();
    const bool isDeleted = deed.contains("delete");
    const bool isReopened = deed.contains("open");
    bool isOpen = false;
    if (attack.target)
        there(attack.target, [&] { isOpen = attack.target->isValid(); });
    QVERIFY2(isPromised(log, isDeleted || isOpen), log);
    if (isDeleted && !deed.contains("deleteLater"))
        QCOMPARE(log, attack.atTheEnd);
    QCOMPARE(attack.target.isNull(), isDeleted);
    // What was written and what arrives comes in between.
    const QByteArray states = QByteArray(log).replace("m", "").replace("n", "");
    if (isReopened)
        QVERIFY2(states.endsWith("COo") && (state == 'C' || states.lastIndexOf('C') > 0), log);
}

} // namespace Teardown
