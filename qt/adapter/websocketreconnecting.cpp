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

/// Whether what ended so may go better another time.
bool WebSocketPrivate::isWorthReconnecting(const End &end) const
{
    if (m_closedBy == ClosedBy::Us)
        return false;
    if (state != QAbstractSocket::ConnectingState)
        return isWorthReopening(closeCode);
    switch (end.status) {
    case WIREBIRD_ERROR_HTTP_STATUS:
        return isWorthAskingAgain(int(end.value));
    case WIREBIRD_ERROR_PROXY_REFUSED:
        return isWorthAskingProxyAgain(end.value);
    case WIREBIRD_ERROR_HOST_NOT_FOUND:
    case WIREBIRD_ERROR_CONNECTION_REFUSED:
    case WIREBIRD_ERROR_CONNECTION_LOST:
    case WIREBIRD_ERROR_NETWORK:
    case WIREBIRD_ERROR_TIMEOUT:
    case WIREBIRD_ERROR_RESOURCES:
    case WIREBIRD_ERROR_PROXY_NOT_FOUND:
    case WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED:
    case WIREBIRD_ERROR_PROXY_CONNECTION_LOST:
    case WIREBIRD_ERROR_PROXY_TIMEOUT:
        return true;
    default:
        return false;
    }
}

/// To be inserted before the other steps of an ending, so that it runs after them.
void WebSocketPrivate::insertReconnect(const End &end)
{
    if (!isWorthReconnecting(end)) {
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
