// From the engine's queue to one Qt thread.
#pragma once

#include "handle.h"

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>

QT_BEGIN_NAMESPACE
class QAbstractEventDispatcher;
QT_END_NAMESPACE

namespace Wirebird {

class Wakeup;

/// Drains the one queue of its thread in the thread's event loop. Made on first
/// use in a thread and destroyed when the thread ends; sockets hold the engine's
/// handles only, never a pump.
class Pump final : public QObject
{
public:
    /// The calling thread's.
    static Pump &current();

    ~Pump() override;

    /// No queue (id 0) if the engine can't be used; errorString() says why.
    wirebird_queue_t queue() const { return m_queue.get(); }
    QString errorString() const { return m_errorString; }

    /// To be called before something is sent: it leaves when this thread is back in
    /// its event loop, together with what else is sent until then.
    void collect()
    {
        if (m_depth == 0 && !m_isCollecting)
            beginToCollect();
    }
    /// Writes what was collected.
    void flush();

protected:
    void customEvent(QEvent *event) override;

private:
    Pump();
    void beginToCollect();
    void followLoop();
    void flushInNestedLoop();

    static void deliver(void *, const wirebird_event_t *event) noexcept;

    QueueHandle m_queue;
    Wakeup *m_wakeup = nullptr; ///< Destroyed by the engine.
    QPointer<QAbstractEventDispatcher> m_loop;
    QString m_errorString;
    int m_depth = 0; ///< Dispatches on the stack.
    bool m_isCollecting = false; ///< An event that flushes is posted.
};

} // namespace Wirebird
