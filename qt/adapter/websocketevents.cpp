// Events of the engine become signals, on whichever thread the object lives.
#include "websocket_p.h"

#include "convert.h"
#include "pump.h"
#include "qtreasons.h"
#include "storage.h"

#include <QtCore/qmetaobject.h>

#include <limits>

namespace Wirebird {

void WebSocketPrivate::handle(const wirebird_event_t &event)
{
    shrinkWants();
    switch (event.kind) {
    case WIREBIRD_EVENT_TEXT:
        textMessage(event);
        break;
    case WIREBIRD_EVENT_BINARY:
        binaryMessage(event);
        break;
    case WIREBIRD_EVENT_TEXT_FRAME:
        now([this, text = takeText(event), isLast = (event.frame & WIREBIRD_FRAME_LAST) != 0] {
            m_emitter->textFrameReceived(text, isLast);
        });
        break;
    case WIREBIRD_EVENT_BINARY_FRAME:
        now([this, bytes = takeBytes(event), isLast = (event.frame & WIREBIRD_FRAME_LAST) != 0] {
            m_emitter->binaryFrameReceived(bytes, isLast);
        });
        break;
    case WIREBIRD_EVENT_PING:
        now([this, payload = takeBytes(event)] { m_emitter->pingReceived(payload); });
        break;
    case WIREBIRD_EVENT_PONG:
        emitPong(event);
        break;
    case WIREBIRD_EVENT_WRITTEN:
        now([this, bytes = qint64(event.value)] {
            m_told.bytesWritten += quint64(bytes);
            m_emitter->bytesWritten(bytes);
        });
        break;
    case WIREBIRD_EVENT_ROUND_TRIP:
        now([this] { insertChanged(); });
        break;
    case WIREBIRD_EVENT_HIGH_WATER:
        now([this] { m_emitter->highWater(); });
        break;
    case WIREBIRD_EVENT_LOW_WATER:
        now([this] { m_emitter->lowWater(); });
        break;
    case WIREBIRD_EVENT_AUTHENTICATE:
        askForCredentials(event);
        break;
#ifndef QT_NO_SSL
    case WIREBIRD_EVENT_TLS_ERRORS:
        now([this] { tlsErrorsFound(); });
        break;
#endif
    case WIREBIRD_EVENT_OPENED:
        now([this] { opened(); });
        break;
    case WIREBIRD_EVENT_CLOSING: {
        const ClosedBy by = event.value == 1 ? ClosedBy::Peer : ClosedBy::Failure;
        QString reason;
        if (by == ClosedBy::Peer)
            reason = takeText(event);
        else if (manner == Manner::QtWebSockets)
            sendClose(event.close_code, cutReason(reason = qtReason(event)));
        else
            reason = toString(event.message);
        now([this, by, code = event.close_code, reason] { closing(by, code, reason); });
        break;
    }
    case WIREBIRD_EVENT_CLOSED: {
        const End end{event.status, event.close_code, event.value, takeText(event),
                      toString(event.message)};
        now([this, end] { closed(end); });
        break;
    }
    default: // kinds that this adapter does not show
        discardPayload(event);
    }
}

/// Whether the message's only frame has to be told as well.
bool WebSocketPrivate::isFrameToo(const wirebird_event_t &event) const
{
    return (event.frame & WIREBIRD_FRAME_WHOLE) && (m_wants & WIREBIRD_WANT_FRAMES);
}

/// The path of every message: no step is made where none is needed.
void WebSocketPrivate::textMessage(const wirebird_event_t &event)
{
    const QString message = takeText(event);
    const bool isOnlyFrame = isFrameToo(event);
    if (!isOnlyFrame && steps.isEmpty()) {
        m_emitter->textMessageReceived(message);
        return;
    }
    if (isOnlyFrame)
        steps.add([this, message] { m_emitter->textFrameReceived(message, true); });
    now([this, message] { m_emitter->textMessageReceived(message); });
}

void WebSocketPrivate::binaryMessage(const wirebird_event_t &event)
{
    const QByteArray message = takeBytes(event);
    const bool isOnlyFrame = isFrameToo(event);
    if (!isOnlyFrame && steps.isEmpty()) {
        m_emitter->binaryMessageReceived(message);
        return;
    }
    if (isOnlyFrame)
        steps.add([this, message] { m_emitter->binaryFrameReceived(message, true); });
    now([this, message] { m_emitter->binaryMessageReceived(message); });
}

void WebSocketPrivate::emitPong(const wirebird_event_t &event)
{
    const bool isAnswer = event.value != std::numeric_limits<quint64>::max();
    const quint64 milliseconds = isAnswer ? event.value / 1000 : 0;
    now([this, milliseconds, payload = takeBytes(event)] {
        m_emitter->pong(milliseconds, payload);
    });
}

void WebSocketPrivate::now(Steps::Step step)
{
    steps.add(std::move(step));
    steps.run();
}

/// Called in the old thread, before the move: the engine keeps the events until
/// arrive() runs in the new one. The call is moved there with the object.
void WebSocketPrivate::leaveThread()
{
    steps.leave();
    Pump::current().flush(); // what this thread has collected
    if (connection)
        wirebird_connection_set_queue(connection.get(), wirebird_queue_t{0});
#ifndef QT_NO_SSL
    if (tls.qt)
        tls.qt->ownerMoves();
#endif
    if (connection || !steps.isEmpty())
        QMetaObject::invokeMethod(q, [this] { arrive(); }, Qt::QueuedConnection);
}

void WebSocketPrivate::arrive()
{
    Steps::Watch watch(steps);
    steps.run();
    if (watch.isOver() || !connection || m_isHeld)
        return;
    wirebird_connection_set_queue(connection.get(), Pump::current().queue());
}

/// By any thread.
void WebSocketPrivate::signalConnected(const QMetaMethod &signal)
{
    const quint32 want = m_emitter->wantOf(signal);
    if (!want)
        return;
    const std::lock_guard lock(m_wantsMutex);
    const quint32 before = m_wants.fetch_or(want);
    if ((before & want) == 0)
        set(WIREBIRD_OPTION_WANT, before | want);
}

/// By any thread. QObject holds its lock and must not be asked what is still
/// connected; the next event that may be in vain does.
void WebSocketPrivate::signalDisconnected(const QMetaMethod &signal)
{
    if (!signal.isValid() || m_emitter->wantOf(signal)) // invalid: any
        m_wantsMayShrink = true;
}

bool WebSocketPrivate::isStreaming() const
{
    return (m_wants & WIREBIRD_WANT_STREAM) != 0;
}

void WebSocketPrivate::setStreaming(bool streaming)
{
    const std::lock_guard lock(m_wantsMutex);
    const quint32 others = m_wants & ~quint32(WIREBIRD_WANT_STREAM);
    m_wants = others | (streaming ? WIREBIRD_WANT_STREAM : 0);
    set(WIREBIRD_OPTION_WANT, m_wants);
}

void WebSocketPrivate::shrinkWants()
{
    if (!m_wantsMayShrink.exchange(false))
        return;
    const std::lock_guard lock(m_wantsMutex);
    const quint32 wants = (m_wants & WIREBIRD_WANT_STREAM) | m_emitter->wants() | wantedAlways;
    m_wants = wants;
    set(WIREBIRD_OPTION_WANT, wants);
}

} // namespace Wirebird
