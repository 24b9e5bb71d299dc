// From the engine's queue to one Qt thread.
#include "pump.h"

#include "eventsink.h"
#include "storage.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qdebug.h>
#include <QtCore/qthreadstorage.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

namespace Wirebird {
namespace {

/// The ABI that this file was written for.
constexpr quint32 abiMajor = 0;

/// How long one event of Qt's loop may be busy with events of the engine.
constexpr quint32 budgetMicroseconds = 10'000;

QEvent::Type wakeUpType()
{
    static const auto type = QEvent::Type(QEvent::registerEventType());
    return type;
}

} // namespace

/// What the engine's threads hold of a pump. Outlives it until the engine says
/// that its last call has returned.
struct Pump::Link
{
    std::mutex mutex; ///< Guards `pump` against its destructor.
    Pump *pump;
    std::atomic<bool> posted{false}; ///< An event is on its way.
};

Pump &Pump::current()
{
    // Never destroyed: threads may end after static objects are gone.
    static auto *const pumps = new QThreadStorage<Pump *>;
    if (!pumps->hasLocalData())
        pumps->setLocalData(new Pump);
    return *pumps->localData();
}

Pump::Pump()
{
    const quint32 abi = wirebird_abi_version();
    if (abi >> 16 != abiMajor) {
        m_errorString = QStringLiteral("The Wirebird engine has ABI %1; this adapter needs %2.")
                            .arg(abi >> 16)
                            .arg(abiMajor);
        qCritical("%s", qPrintable(m_errorString));
        return;
    }
    wirebird_queue_options_t options;
    wirebird_queue_options_init(&options, sizeof options);
    m_link = new Link;
    m_link->pump = this;
    options.text = WIREBIRD_PAYLOAD_UTF16;
    options.wake = wake;
    options.drop = drop;
    options.context = m_link;
    options.storage = storageFunctions();
    wirebird_queue_t queue{0};
    if (wirebird_queue_new(&options, &queue) == WIREBIRD_OK) {
        m_queue.reset(queue);
        return;
    }
    m_errorString = QString::fromUtf8(wirebird_last_error());
    qCritical("Wirebird: %s", qPrintable(m_errorString));
    delete std::exchange(m_link, nullptr);
}

Pump::~Pump()
{
    if (!m_link)
        return;
    {
        const std::lock_guard lock(m_link->mutex);
        m_link->pump = nullptr;
    }
    m_queue.release(); // may call drop()
}

void Pump::customEvent(QEvent *)
{
    // Without the mutex: wake() may still hold it, having just woken this thread.
    m_link->posted.store(false);
    followLoop();
    ++m_depth;
    // WIREBIRD_MORE needs no answer: wake() was called for the rest.
    wirebird_queue_dispatch(queue(), 0, budgetMicroseconds, deliver, nullptr);
    --m_depth;
}

/// A slot may run a nested event loop: replies then leave before it blocks, and
/// the events that the interrupted dispatch still has arrive in it.
void Pump::followLoop()
{
    QAbstractEventDispatcher *const loop = QAbstractEventDispatcher::instance();
    if (loop == m_loop)
        return;
    m_loop = loop;
    connect(loop, &QAbstractEventDispatcher::aboutToBlock, this, &Pump::flushInNestedLoop);
    // processEvents() does not block.
    connect(loop, &QAbstractEventDispatcher::awake, this, &Pump::flushInNestedLoop);
}

void Pump::flushInNestedLoop()
{
    if (m_depth > 0)
        wirebird_queue_flush(queue());
}

void Pump::wake(void *context) noexcept
{
    auto *const link = static_cast<Link *>(context);
    const std::lock_guard lock(link->mutex);
    if (!link->pump || link->posted.exchange(true))
        return;
    QCoreApplication::postEvent(link->pump, new QEvent(wakeUpType()));
}

void Pump::drop(void *context) noexcept
{
    delete static_cast<Link *>(context);
}

void Pump::deliver(void *, const wirebird_event_t *event) noexcept
{
    auto *const sink = static_cast<EventSink *>(event->user_data);
    if (!sink) {
        discardPayload(*event);
        return;
    }
    // Nothing may be thrown into C.
    try {
        sink->handle(*event);
    } catch (const std::exception &exception) {
        qCritical("Wirebird: a slot has thrown: %s", exception.what());
    } catch (...) {
        qCritical("Wirebird: a slot has thrown");
    }
}

} // namespace Wirebird
