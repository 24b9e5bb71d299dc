// From close(), abort(), the peer's Close or an accident to the unconnected state.
#include "websocket_p.h"

#include "convert.h"
#include "pump.h"

#include <algorithm>

namespace Wirebird {
namespace {

/// Codes that a Close frame may carry (RFC 6455 section 7.4), 0 for none.
quint16 sendableCode(int code)
{
    if (code == WebSocketProtocol::CloseCodeMissingStatusCode)
        return 0;
    const bool isDefined = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    const bool isSendable = isDefined || (code >= 3000 && code <= 4999);
    return isSendable ? quint16(code) : quint16(WebSocketProtocol::CloseCodeNormal);
}

QAbstractSocket::SocketError errorOfLoss(wirebird_status_t status)
{
    switch (status) {
    case WIREBIRD_ERROR_CONNECTION_LOST:
        return QAbstractSocket::RemoteHostClosedError;
    case WIREBIRD_ERROR_TIMEOUT:
        return QAbstractSocket::SocketTimeoutError;
    case WIREBIRD_ERROR_NETWORK:
        return QAbstractSocket::NetworkError;
    case WIREBIRD_ERROR_TLS:
        return QAbstractSocket::SslInternalError;
    default:
        return QAbstractSocket::UnknownSocketError;
    }
}

} // namespace

Steps::Step WebSocketPrivate::changeState(QAbstractSocket::SocketState newState)
{
    return [this, newState] {
        if (state == newState)
            return;
        state = newState;
        insertChanged();
        m_emitter->stateChanged(newState);
    };
}

Steps::Step WebSocketPrivate::announceClosing()
{
    return [this] {
        if (!std::exchange(m_saidAboutToClose, true))
            m_emitter->aboutToClose();
    };
}

void WebSocketPrivate::insertError(QAbstractSocket::SocketError kind, const QString &text)
{
    errorString = text;
    steps.insert({[this, kind] { m_emitter->errorOccurred(kind); },
                  [this, kind] { m_emitter->error(kind); }});
    insertChanged();
}

/// The NOTIFY signals of properties that have changed.
void WebSocketPrivate::insertChanged()
{
    using Property = WebSocketEmitter::Property;
    if (manner != Manner::Wirebird)
        return;
    const auto tell = [this](auto &told, const auto &now, Property property) {
        if (told == now)
            return;
        told = now;
        steps.insert({[this, property] { m_emitter->changed(property); }});
    };
    tell(m_told.requestUrl, request.url(), Property::RequestUrl);
    tell(m_told.subprotocol, subprotocol, Property::Subprotocol);
    tell(m_told.extensions, extensions, Property::Extensions);
    tell(m_told.errorString, shownErrorString(), Property::ErrorString);
    tell(m_told.closeCode, closeCode, Property::CloseCode);
    tell(m_told.closeReason, closeReason, Property::CloseReason);
    tell(m_told.roundTrip, figure(WIREBIRD_OPTION_ROUND_TRIP), Property::RoundTripTime);
    tell(m_told.reconnectAttempt, reconnecting.attempt(), Property::Reconnecting);
}

/// `before`, then the end of a connection that had been open.
void WebSocketPrivate::insertEnd(std::initializer_list<Steps::Step> before)
{
    steps.insert({changeState(QAbstractSocket::UnconnectedState),
                  emitSignal<&WebSocketEmitter::disconnected>(),
                  emitSignal<&WebSocketEmitter::readChannelFinished>()});
    steps.insert(before);
}

void WebSocketPrivate::close(int code, const QString &reason)
{
    if (state == QAbstractSocket::UnconnectedState) {
        stopReconnecting();
        return;
    }
    reconnecting.stop();
    const quint16 sent = sendableCode(code);
    now([this, sent, text = sent ? cutReason(reason) : QByteArray()] { doClose(sent, text); });
}

void WebSocketPrivate::doClose(quint16 code, const QByteArray &reason)
{
    if (state == QAbstractSocket::ConnectingState) {
        releaseConnection();
        steps.insert({changeState(QAbstractSocket::UnconnectedState),
                      emitSignal<&WebSocketEmitter::disconnected>()});
        insertError(QAbstractSocket::UnfinishedSocketOperationError,
                    QStringLiteral("Closed before the opening handshake was complete."));
        return;
    }
    if (state != QAbstractSocket::ConnectedState)
        return;
    m_closedBy = ClosedBy::Us;
    closeCode = code ? WebSocketProtocol::CloseCode(code)
                     : WebSocketProtocol::CloseCodeMissingStatusCode;
    closeReason = QString::fromUtf8(reason);
    if (manner == Manner::QtWebSockets) {
        sendClose(code, reason);
        leave();
        return;
    }
    steps.insert({announceClosing(), [this, code, reason] {
                      sendClose(code, reason);
                      changeState(QAbstractSocket::ClosingState)();
                  }});
}

/// An error would say that the connection is ending already.
void WebSocketPrivate::sendClose(quint16 code, const QByteArray &reason)
{
    wirebird_connection_close(connection.get(), code, textView(reason));
}

/// As Qt WebSockets closes: the object is unconnected at once, and the closing
/// handshake completes without it. What has been written by now is told first.
void WebSocketPrivate::leave()
{
    Pump::current().flush();
    const quint64 sent = figure(WIREBIRD_OPTION_BYTES_SENT);
    const qint64 untold = qint64(sent - std::min(sent, m_told.bytesWritten));
    releaseConnection();
    insertEnd({[this, untold] {
                   if (untold > 0 && (m_wants & WIREBIRD_WANT_WRITTEN))
                       m_emitter->bytesWritten(untold);
               },
               announceClosing(), changeState(QAbstractSocket::ClosingState)});
}

void WebSocketPrivate::abort()
{
    if (state == QAbstractSocket::UnconnectedState) {
        stopReconnecting();
        return;
    }
    reconnecting.stop();
    now([this] { doAbort(); });
}

void WebSocketPrivate::doAbort()
{
    if (state == QAbstractSocket::UnconnectedState)
        return;
    wirebird_connection_abort(connection.get());
    releaseConnection();
    switch (state) {
    case QAbstractSocket::ConnectingState:
        steps.insert({changeState(QAbstractSocket::UnconnectedState),
                      emitSignal<&WebSocketEmitter::disconnected>()});
        break;
    case QAbstractSocket::ConnectedState:
        insertEnd({announceClosing()});
        break;
    default:
        insertEnd({});
    }
}

/// The closing handshake began without close().
void WebSocketPrivate::closing(ClosedBy by, quint16 code, const QString &reason)
{
    if (state != QAbstractSocket::ConnectedState)
        return;
    m_closedBy = by;
    closeCode = WebSocketProtocol::CloseCode(code);
    closeReason = reason;
    if (manner == Manner::QtWebSockets)
        leave();
    else
        steps.insert({announceClosing(), changeState(QAbstractSocket::ClosingState)});
}

void WebSocketPrivate::closed(const End &end)
{
    if (state == QAbstractSocket::ConnectingState) {
        readRefusal(end);
        insertReconnect(end);
        failedToOpen(end);
        readResponses(&end);
        releaseConnection();
        return;
    }
    releaseConnection();
    if (state == QAbstractSocket::UnconnectedState)
        return;
    const bool isOwnAnswered = m_closedBy == ClosedBy::Us && end.closeCode == closeCode;
    const bool keepsReason = isOwnAnswered && end.reason.isEmpty();
    // To Qt WebSockets the loss of a connection has no close code.
    const bool isSilent = manner == Manner::QtWebSockets && end.status != WIREBIRD_OK;
    // After an error of the protocol its code and text stay.
    if (m_closedBy != ClosedBy::Failure && !keepsReason && !isSilent) {
        closeCode = WebSocketProtocol::CloseCode(end.closeCode);
        closeReason = end.reason;
    }
    insertReconnect(end);
    if (state == QAbstractSocket::ClosingState) {
        insertEnd({});
    } else if (end.status == WIREBIRD_OK) {
        insertEnd({announceClosing(), changeState(QAbstractSocket::ClosingState)});
    } else {
        error = errorOfLoss(end.status);
        insertEnd({changeState(QAbstractSocket::ClosingState)});
        insertError(error, error == QAbstractSocket::RemoteHostClosedError
                               ? QStringLiteral("The remote host closed the connection")
                               : end.message);
    }
#ifndef QT_NO_SSL
    if (end.status == WIREBIRD_ERROR_TLS) {
        const TlsAlert alert = TlsAlert::of(end.value);
        insertAlert(alert, fatalAlert, alert.description());
    }
#endif
}

void WebSocketPrivate::releaseConnection()
{
    connection.release();
#ifndef QT_NO_SSL
    leaveTls();
#endif
}

/// The destructor's part: the object can't be deleted again, so nothing has to
/// be watched. What a slot interrupted is dropped.
void WebSocketPrivate::destroy()
{
    m_isBeingDestroyed = true;
    reconnecting.stop();
    steps.leave();
    steps.clear();
    if (state == QAbstractSocket::ConnectedState) {
        closeCode = WebSocketProtocol::CloseCodeGoingAway;
        closeReason = QStringLiteral("Connection closed");
        announceClosing()();
    }
    // The slots may have closed or aborted.
    if (state == QAbstractSocket::ConnectedState) {
        sendClose(quint16(closeCode), closeReason.toUtf8());
        changeState(QAbstractSocket::ClosingState)();
    }
    Pump::current().flush(); // there may be no event loop any more
    releaseConnection();
    if (state == QAbstractSocket::ClosingState) {
        insertEnd({});
        steps.run();
    }
}

} // namespace Wirebird
