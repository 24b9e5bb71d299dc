// When a connection is opened again: what is worth it, and the delay. Knows
// nothing of sockets.
#pragma once

#include <wirebird/websocketreconnect.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtCore/qpair.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>
#include <memory>

QT_BEGIN_NAMESPACE
class QDateTime;
QT_END_NAMESPACE

namespace Wirebird {

/// Whether a connection that ended with this code may go better another time.
bool isWorthReopening(int closeCode);

/// Whether a server that answered with this HTTP status may answer otherwise.
bool isWorthAskingAgain(int httpStatus);

/// The same of a proxy that did not connect to the server: its HTTP status, or its
/// SOCKS reply (RFC 1928 section 6).
bool isWorthAskingProxyAgain(quint64 reply);

/// What the field Retry-After of a response asks for (RFC 9110 section 10.2.3): up to
/// an hour, 0 without one that can be understood.
std::chrono::milliseconds retryAfter(const QList<QPair<QByteArray, QByteArray>> &headers,
                                     const QDateTime &now);

/// Counts the attempts of one socket and waits between them. On the thread of its
/// owner, also after that has moved.
class Reconnecting
{
public:
    Reconnecting(QObject *owner, std::function<void()> open)
        : m_owner(owner), m_open(std::move(open))
    {
    }
    ~Reconnecting() { stop(); }
    Q_DISABLE_COPY(Reconnecting)

    const WebSocketReconnect &options() const { return m_options; }
    void setOptions(const WebSocketReconnect &options);

    /// Open now or opening, by the application: worth to be opened again.
    void arm();
    /// Not wanted any more.
    void stop();
    /// The attempt has led to a connection.
    void opened();
    /// The connection is over, or could not be opened. Whether it is to be opened
    /// again; then await() is next.
    bool lost();

    struct Attempt
    {
        int number;
        std::chrono::milliseconds delay;
    };
    Attempt await(std::chrono::milliseconds atLeast);

    bool isWaiting() const { return m_timer && m_timer->isActive(); }
    /// Ends the waiting with an attempt.
    void hurry();

    /// The number of the attempt that is awaited or made, else 0.
    int attempt() const { return m_isTrying ? m_attempts : 0; }

private:
    std::chrono::milliseconds nextDelay() const;
    void watchNetwork();
    void look();

    QObject *const m_owner;
    const std::function<void()> m_open;
    WebSocketReconnect m_options;
    std::unique_ptr<QTimer> m_timer; ///< The owner's child: it moves along.
    QMetaObject::Connection m_network;
    QElapsedTimer m_lasting;
    QElapsedTimer m_waited;
    std::chrono::milliseconds m_delay{0};
    qint64 m_clock = 0; ///< Wall time when the waiting began, ms.
    int m_attempts = 0;
    bool m_isArmed = false;
    bool m_isTrying = false;
};

} // namespace Wirebird
