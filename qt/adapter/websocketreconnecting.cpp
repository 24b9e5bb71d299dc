// A connection that was lost, or could not be opened, is opened again.
#include "websocket_p.h"

#include <QtCore/qdatetime.h>

namespace Wirebird {

void WebSocketPrivate::setReconnect(const WebSocketReconnect &options)
{
    const bool wasReconnecting = isReconnecting();
    reconnecting.setOptions(options);
    if (wasReconnecting && !isReconnecting())
        now([this] { insertChanged(); });
}

bool WebSocketPrivate::isReconnecting() const
{
    return reconnecting.attempt() > 0;
}

void WebSocketPrivate::reconnectNow()
{
    if (reconnecting.isWaiting())
        reconnecting.hurry();
}

/// While unconnected: the application does not want the connection back.
void WebSocketPrivate::stopReconnecting()
{
    const bool wasReconnecting = isReconnecting();
    reconnecting.stop();
    if (wasReconnecting)
        now([this] { insertChanged(); });
}

/// To be inserted before the other steps of an ending, so that it runs after them.
void WebSocketPrivate::insertReconnect(const End &end)
{
    bool isWorthIt = false;
    switch (end.status) {
    case WIREBIRD_ERROR_HTTP_STATUS:
        isWorthIt = isWorthAskingAgain(int(end.value));
        break;
    case WIREBIRD_ERROR_PROXY_REFUSED: // a SOCKS reply, but "not allowed", or a status
        isWorthIt = end.value < 100 ? end.value != 2 : isWorthAskingAgain(int(end.value));
        break;
    case WIREBIRD_ERROR_PROXY_NOT_FOUND:
    case WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED:
    case WIREBIRD_ERROR_PROXY_CONNECTION_LOST:
    case WIREBIRD_ERROR_PROXY_TIMEOUT:
    case WIREBIRD_ERROR_HOST_NOT_FOUND:
    case WIREBIRD_ERROR_CONNECTION_REFUSED:
    case WIREBIRD_ERROR_CONNECTION_LOST:
    case WIREBIRD_ERROR_NETWORK:
    case WIREBIRD_ERROR_TIMEOUT:
    case WIREBIRD_ERROR_RESOURCES:
        isWorthIt = true;
        break;
    default:
        isWorthIt = state != QAbstractSocket::ConnectingState && m_closedBy != ClosedBy::Us
            && isWorthReopening(closeCode);
    }
    if (m_closedBy == ClosedBy::Us || !isWorthIt) {
        reconnecting.stop();
        steps.insert({[this] { insertChanged(); }});
        return;
    }
    std::chrono::milliseconds asked{0};
    if (end.status == WIREBIRD_ERROR_HTTP_STATUS)
        asked = retryAfter(responseHeaders, QDateTime::currentDateTimeUtc());
    steps.insert({[this, asked] { awaitReconnect(asked); }});
}

void WebSocketPrivate::awaitReconnect(std::chrono::milliseconds asked)
{
    // A slot may have closed for good, or opened another connection.
    if (m_isBeingDestroyed || state != QAbstractSocket::UnconnectedState)
        return;
    if (!reconnecting.lost()) {
        insertChanged();
        return;
    }
    const Reconnecting::Attempt attempt = reconnecting.await(asked);
    steps.insert({[this, attempt] {
        m_emitter->reconnectScheduled(attempt.number, attempt.delay.count());
    }});
    insertChanged();
}

void WebSocketPrivate::reopen()
{
    if (m_isBeingDestroyed || state != QAbstractSocket::UnconnectedState)
        return;
    if (!doOpen(QNetworkRequest(request), WebSocketHandshakeOptions(handshakeOptions))) {
        reconnecting.stop();
        steps.insert({[this] { insertChanged(); }});
    }
}

} // namespace Wirebird
