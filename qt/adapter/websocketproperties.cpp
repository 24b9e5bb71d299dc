// The public face of WebSocket: what it knows of its connection.
#include "websocket_p.h"

#include <wirebird/websocket.h>

namespace Wirebird {

/*!
    The last error of the network since open(). Errors of the opening handshake
    don't change it; errorOccurred() and errorString() tell them.
*/
QAbstractSocket::SocketError WebSocket::error() const
{
    return d->error;
}

/*! An English sentence on the last error; "Unknown error" before one happens. */
QString WebSocket::errorString() const
{
    return d->shownErrorString();
}

/*! Whether messages can be sent: true in ConnectedState. */
bool WebSocket::isValid() const
{
    return d->isValid();
}

/*!
    This end of the connection; null without one, over a Unix domain socket, and
    before the handshake is complete.
*/
QHostAddress WebSocket::localAddress() const
{
    return d->localAddress();
}

/*! The port of localAddress(), or 0. */
quint16 WebSocket::localPort() const
{
    return d->localPort();
}

/*!
    The other end of TCP: the server, the proxy that leads to it, or the client; of
    an accepted connection what WebSocketServer::setTrustedProxies() allows a proxy
    to say. Null where localAddress() is.
*/
QHostAddress WebSocket::peerAddress() const
{
    return d->peerAddress();
}

/*! The host of the URL; empty for an accepted connection. */
QString WebSocket::peerName() const
{
    return d->peerName;
}

/*! The port of peerAddress(), or 0. */
quint16 WebSocket::peerPort() const
{
    return d->peerPort();
}

/*! UnconnectedState, ConnectingState, ConnectedState or ClosingState; no other. */
QAbstractSocket::SocketState WebSocket::state() const
{
    return d->state;
}

/*! As given to the constructor; of an accepted connection the client's, which is 13. */
WebSocketProtocol::Version WebSocket::version() const
{
    return WebSocketProtocol::Version(d->version);
}

/*! Encoded path and query; of an accepted connection the whole URL. */
QString WebSocket::resourceName() const
{
    return d->resourceName;
}

/*! As given to open(), also after redirects: reconnecting begins there again. */
QUrl WebSocket::requestUrl() const
{
    return d->request.url();
}

/*! The request; of an accepted connection with the header that the client sent. */
QNetworkRequest WebSocket::request() const
{
    return d->request;
}

/*! As given to open(); of an accepted connection what the client asked for. */
WebSocketHandshakeOptions WebSocket::handshakeOptions() const
{
    return d->handshakeOptions;
}

/*!
    As given to the constructor; of an accepted connection what the client sent, or
    empty.
*/
QString WebSocket::origin() const
{
    return d->origin;
}

/*! The subprotocol that the server chose, or empty. */
QString WebSocket::subprotocol() const
{
    return d->subprotocol;
}

/*!
    The extensions that were agreed, as the server's Sec-WebSocket-Extensions names
    them, such as "permessage-deflate; server_max_window_bits=12", or empty.
*/
QString WebSocket::extensions() const
{
    return d->extensions;
}

/*!
    The HTTP status of the response to the opening handshake: 101, or what the
    server refused it with; 0 before, and for accepted connections.
*/
int WebSocket::responseStatus() const
{
    return d->responseStatus;
}

/*!
    The header of that response, in order, names in lower case; also of one that was
    no valid answer.
*/
QList<QPair<QByteArray, QByteArray>> WebSocket::responseHeaders() const
{
    return d->responseHeaders;
}

/*! How the body of a refusal begins, up to 1 KiB. */
QByteArray WebSocket::responseBody() const
{
    return d->responseBody;
}

/*!
    Where that response came from: requestUrl(), or where redirects have led; without
    credentials and fragment. After a failure where the last one led.
*/
QUrl WebSocket::responseUrl() const
{
    return d->responseUrl;
}

/*!
    The code of the peer's Close, or of one's own; 1000 before.
*/
WebSocketProtocol::CloseCode WebSocket::closeCode() const
{
    return d->closeCode;
}

/*!
    The reason that came with closeCode(), up to 123 bytes of UTF-8, or empty; of a
    connection that the engine closed it names the rule or the limit.
*/
QString WebSocket::closeReason() const
{
    return d->closeReason;
}

/*!
    Bytes, frame headers included, that the system has not taken yet. What was just
    sent counts until flush() or the event loop.
*/
qint64 WebSocket::bytesToWrite() const
{
    return d->bytesToWrite();
}

/*!
    Bytes written to the network by this connection, handshake and frame headers
    included; 0 without a connection.
*/
quint64 WebSocket::bytesSent() const
{
    return d->figure(WIREBIRD_OPTION_BYTES_SENT);
}

/*! Bytes read from the network, in the same way. */
quint64 WebSocket::bytesReceived() const
{
    return d->figure(WIREBIRD_OPTION_BYTES_RECEIVED);
}

/*!
    The number of this connection in the log, where its lines begin with it: "#17 opened". No
    other connection of the process has it; 0 without a connection. The log has the categories
    wirebird.client, wirebird.connection, wirebird.frame, wirebird.net and wirebird.server, which
    are silent without a rule of QLoggingCategory. Rules are read when a connection is opened and
    when a server begins to listen. Message handlers are called on engine threads too.
*/
quint64 WebSocket::logNumber() const
{
    return d->figure(WIREBIRD_OPTION_NUMBER);
}

/*!
    Messages that were sent by this connection, less those that were dropped; one
    that is sent in frames counts with its last. 0 without a connection.
*/
quint64 WebSocket::messagesSent() const
{
    return d->figure(WIREBIRD_OPTION_MESSAGES_SENT);
}

/*! Messages that have arrived as a whole; 0 without a connection. */
quint64 WebSocket::messagesReceived() const
{
    return d->figure(WIREBIRD_OPTION_MESSAGES_RECEIVED);
}

/*! Messages that WebSocketLimits::overflow() dropped. */
quint64 WebSocket::messagesDropped() const
{
    return d->figure(WIREBIRD_OPTION_DROPPED);
}

/*!
    Between the last answered Ping, ping()'s or the heartbeat's, and its Pong; 0 before
    the first and without a connection. As a property a number of microseconds.
*/
std::chrono::microseconds WebSocket::roundTripTime() const
{
    return std::chrono::microseconds(roundTripMicroseconds());
}

qint64 WebSocket::roundTripMicroseconds() const
{
    return qint64(d->figure(WIREBIRD_OPTION_ROUND_TRIP));
}

/*! Whether a lost connection is being opened again: from reconnectScheduled() to
    connected(), or until that is given up. */
bool WebSocket::isReconnecting() const
{
    return d->isReconnecting();
}

/*! The number of the attempt that is awaited or made, from 1 on; 0 if none is. */
int WebSocket::reconnectAttempt() const
{
    return d->reconnecting.attempt();
}

} // namespace Wirebird
