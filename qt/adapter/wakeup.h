// Events posted to an object by threads that do not know whether it is still there.
#pragma once

#include <QtCore/qcoreevent.h>
#include <QtCore/qobject.h>

#include <atomic>
#include <mutex>

namespace Wirebird {

/// The context of the engine's `wake` and `drop`. Outlives its target until the
/// engine says that its last call has returned.
class Wakeup
{
public:
    explicit Wakeup(QObject *target) : m_target(target) {}
    Q_DISABLE_COPY(Wakeup)

    /// What the target's customEvent() gets.
    static QEvent::Type eventType();

    /// Posts an event, unless one is on its way. By any thread.
    static void wake(void *wakeup) noexcept;
    /// Destroys the object.
    static void drop(void *wakeup) noexcept;

    /// The event has come: the next call of wake() posts another. Takes no mutex,
    /// which wake() may still hold, having just woken this thread.
    void arrived() { m_posted.store(false); }
    /// The target goes.
    void leave();

private:
    std::mutex m_mutex; ///< Guards the target against its destructor.
    QObject *m_target;
    std::atomic<bool> m_posted{false};
};

} // namespace Wirebird
