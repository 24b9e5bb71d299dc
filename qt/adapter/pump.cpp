// From the engine's queue to one Qt thread.
#include "pump.h"

#include "eventsink.h"
#include "storage.h"
#include "wakeup.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qdebug.h>
#include <QtCore/qthreadstorage.h>

#include <exception>
#include <utility>

namespace Wirebird {
namespace {

/// The ABI that this file was written for.
constexpr quint32 abiMajor = 0;

/// How long one event of Qt's loop may be busy with events of the engine.
constexpr quint32 budgetMicroseconds = 10'000;

QEvent::Type flushType()
{
    static const auto type = QEvent::Type(QEvent::registerEventType());
    return type;
}

} // namespace

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
    m_wakeup = new Wakeup(this);
    options.text = WIREBIRD_PAYLOAD_UTF16;
    options.wake = Wakeup::wake;
    options.drop = Wakeup::drop;
    options.context = m_wakeup;
    options.storage = storageFunctions();
    wirebird_queue_t queue{0};
    if (wirebird_queue_new(&options, &queue) == WIREBIRD_OK) {
        m_queue.reset(queue);
        return;
    }
    m_errorString = QString::fromUtf8(wirebird_last_error());
    qCritical("Wirebird: %s", qPrintable(m_errorString));
    delete std::exchange(m_wakeup, nullptr);
}

Pump::~Pump()
{
    if (!m_wakeup)
        return;
    m_wakeup->leave();
    wirebird_queue_flush(queue());
    m_queue.release(); // may destroy it
}

void Pump::beginToCollect()
{
    m_isCollecting = true;
    wirebird_queue_collect(queue());
    QCoreApplication::postEvent(this, new QEvent(flushType()));
}

void Pump::flush()
{
    wirebird_queue_flush(queue());
    if (m_isCollecting) // until the event comes
        wirebird_queue_collect(queue());
}

void Pump::customEvent(QEvent *event)
{
    if (event->type() == flushType()) {
        m_isCollecting = false;
        wirebird_queue_flush(queue());
        return;
    }
    m_wakeup->arrived();
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
