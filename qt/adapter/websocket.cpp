// The public face of WebSocket: documentation, settings and sending. Its life is
// told in websocketopening.cpp, websocketevents.cpp and websocketclosing.cpp.
#include "websocket_p.h"

#include <wirebird/maskgenerator.h>
#include <wirebird/websocket.h>

#include <QtCore/qcoreevent.h>

namespace Wirebird {
/*!
    \class Wirebird::WebSocket
    \brief A WebSocket connection (RFC 6455): a client's, or one that a
    WebSocketServer accepted.

    The names, signals and defaults are those of Qt WebSockets. Reading, writing
    and checking happen on the engine's threads; the signals come on the object's
    own thread, which needs an event loop. Any thread may own the object, also a
    QThread, and moveToThread() works at any time: nothing is lost or reordered,
    and what a slot interrupted goes on in the new thread. A slot may delete the
    object.

    \section1 Order of signals

    \list
    \li open(): stateChanged(ConnectingState) before it returns; later
        stateChanged(ConnectedState), connected().
    \li A message: textFrameReceived() for each of its frames, then
        textMessageReceived(); in the same way for binary ones.
    \li close(): aboutToClose(), still in ConnectedState, and
        stateChanged(ClosingState) before it returns; once the peer has answered
        stateChanged(UnconnectedState), disconnected(), readChannelFinished(). The
        peer's Close gives the same order.
    \li TCP ends without a Close: errorOccurred() and error() with
        RemoteHostClosedError, still in ConnectedState, stateChanged(ClosingState),
        stateChanged(UnconnectedState), disconnected(), readChannelFinished().
    \li No connection: stateChanged(UnconnectedState), disconnected(), then the
        error. A refused handshake: the error first.
    \li abort(): aboutToClose(), stateChanged(UnconnectedState), disconnected(),
        readChannelFinished(), all before it returns.
    \endlist

    A slot that calls the object again does not change the order: what is left of
    the first sequence is emitted before the signals of the second.

    \section1 Where it differs from Qt WebSockets

    \list
    \li close() sends its frame, and waits for the peer's Close before the
        object is unconnected (RFC 6455 section 7.1.1); messages that the peer sent
        before its Close still arrive, in ClosingState. The frame leaves after
        aboutToClose(), whose slots may send a last message.
    \li aboutToClose() is emitted once.
    \li closeCode() is 1005 after a Close without a code, 1006 after a drop or a
        failed open(); it and errorString() are reset by open().
    \li A failed handshake ends in UnconnectedState at once.
    \li Codes that may not be sent (RFC 6455 section 7.4) are not: 1005 sends a Close
        without code, others send 1000 with a warning.
    \li Deleting the object in its own slots is safe. Deleting a socket that is
        closing emits what is left of the sequence.
    \li errorOccurred() is there with every version of Qt, followed by error().
    \li pingReceived() tells of the peer's Pings, which are answered in any case.
    \endlist
*/

/*!
    \fn void WebSocket::aboutToClose()
    Emitted once before the connection closes, while messages can still be sent.
    Not emitted when TCP is lost.

    \fn void WebSocket::connected()
    The opening handshake is complete: messages can be sent.

    \fn void WebSocket::disconnected()
    The connection is over, or could not be opened. closeCode() and closeReason()
    tell why.

    \fn void WebSocket::stateChanged(QAbstractSocket::SocketState state)
    One of UnconnectedState, ConnectingState, ConnectedState and ClosingState.

    \fn void WebSocket::readChannelFinished()
    Follows disconnected() of a connection that had been open.

    \fn void WebSocket::textFrameReceived(const QString &frame, bool isLastFrame)
    A frame of a text message. A character that is split between frames comes with
    the frame that ends it.

    \fn void WebSocket::textMessageReceived(const QString &message)
    A whole text message; checked UTF-8.

    \fn void WebSocket::binaryFrameReceived(const QByteArray &frame, bool isLastFrame)
    A frame of a binary message.

    \fn void WebSocket::binaryMessageReceived(const QByteArray &message)
    A whole binary message.

    \fn void WebSocket::errorOccurred(QAbstractSocket::SocketError error)
    The connection could not be opened, or was lost; errorString() has the text.
    What breaks the protocol is told by closeCode() instead.

    \fn void WebSocket::error(QAbstractSocket::SocketError error)
    The same as errorOccurred(), right after it, for programs that were written for Qt
    before 6.5.

    \fn void WebSocket::authenticationRequired(QAuthenticator *authenticator)
    The server answered 401 and asks for a user and a password by Digest (RFC 7616) or
    Basic (RFC 7617), after those of the URL, if it has any, were refused. Set them in
    \a authenticator, in a slot that is connected directly: the handshake waits for it,
    within its timeout. If they are refused the question comes again, with them in
    \a authenticator. Left as they were they end the handshake with an error. Over
    ws:// they can be read by whoever is in between, with Basic as they are.

    \fn void WebSocket::proxyAuthenticationRequired(const QNetworkProxy &proxy,
                                                   QAuthenticator *authenticator)
    The same of \a proxy: it asks by Digest, Basic or SOCKS (RFC 1929), after the user
    and password that it has in QNetworkProxy were refused.

    \fn void WebSocket::redirected(const QUrl &url)
    The server led to \a url, and that was followed. Emitted for each redirect, in
    ConnectingState, once it is known what all of them have led to: before connected() or
    the error.

    \fn void WebSocket::pong(quint64 elapsedTime, const QByteArray &payload)
    The answer to ping(), \a elapsedTime milliseconds later; 0 for a Pong that
    answers nothing.

    \fn void WebSocket::pingReceived(const QByteArray &payload)
    The peer sent a Ping, which was answered.

    \fn void WebSocket::bytesWritten(qint64 bytes)
    This many bytes, frame headers included, were given to the system.

    \fn void WebSocket::highWater()
    More bytes wait to be sent than WebSocketLimits::highWater(): the network or the
    peer is slower than the application. Good to pause what is sent until lowWater().

    \fn void WebSocket::lowWater()
    Less than half of that waits.

    \fn void WebSocket::reconnectScheduled(int attempt, qint64 delay)
    The connection will be opened again in \a delay milliseconds, for the
    \a attempt-th time in a row. close() stops it.

    \fn void WebSocket::reconnectingChanged()
    isReconnecting() or reconnectAttempt() changed. False without a connection: given
    up.
*/

/*!
    Makes an unconnected socket. \a origin goes into the Origin header of its
    requests; \a version is only stored: 13 is spoken.
*/
WebSocket::WebSocket(const QString &origin, WebSocketProtocol::Version version, QObject *parent)
    : QObject(parent), d(WebSocketPrivate::make(this, Manner::Wirebird, origin, version))
{
}

/*!
    Closes an open connection with 1001 "Connection closed" in the background and
    emits the signals of close() and disconnected() at once; no signal follows.
*/
WebSocket::~WebSocket()
{
    d->destroy();
}

/*! Ends the connection at once, without a Close frame; closeCode() stays. */
void WebSocket::abort()
{
    d->abort();
}

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

/*!
    Writes what slots of the running event have sent. Returns whether bytes were
    written, true without a connection. Not needed: the event loop does it.
*/
bool WebSocket::flush()
{
    return d->flush();
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

QAbstractSocket::PauseModes WebSocket::pauseMode() const
{
    return d->pauseMode;
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

qint64 WebSocket::readBufferSize() const
{
    return d->readBufferSize;
}

/*!
    Stores \a size. The engine bounds what waits to be read by itself.
*/
void WebSocket::setReadBufferSize(qint64 size)
{
    d->readBufferSize = size;
}

#ifndef QT_NO_NETWORKPROXY
/*!
    The proxy of the next open(), and of each reconnecting. With the default,
    QNetworkProxy::DefaultProxy, it is what QNetworkProxyFactory says for a TCP connection
    to the host with the protocol tag "http" or "https": the application's proxy, its
    factory's, or by QNetworkProxyFactory::setUseSystemConfiguration() the system's. A
    factory of the application's is asked by open(); the system's configuration, which
    may take long, beside this thread: what is wrong with a header is then told after
    open(), too. Loopback addresses are reached without it.

    An HttpProxy is asked to CONNECT, a Socks5Proxy looks names up by itself; raw headers
    of a proxy are not sent. Proxies without QNetworkProxy::TunnelingCapability (caches)
    are passed over; if there is no other, open() fails with
    UnsupportedSocketOperationError. What goes wrong has the errors of QAbstractSocket for
    proxies, and a text that names the proxy and what it answered. peerAddress() is the
    proxy's.
*/
QNetworkProxy WebSocket::proxy() const
{
    return d->proxy;
}

void WebSocket::setProxy(const QNetworkProxy &networkProxy)
{
    d->proxy = networkProxy;
}
#endif

/*!
    Takes the masking keys of frames (RFC 6455 section 5.3), and the key of the
    opening handshake, from \a maskGenerator; null, the default, from the
    engine's cryptographic generator. Seeded here and asked from any thread, one at
    a time, by connections that are opened afterwards. Not owned: it has to live as
    long as this object, or until another is set.
*/
void WebSocket::setMaskGenerator(const MaskGenerator *maskGenerator)
{
    auto *const generator = const_cast<MaskGenerator *>(maskGenerator);
    d->masks.set(generator, [generator] { return generator->nextMask(); });
    if (generator)
        generator->seed();
}

const MaskGenerator *WebSocket::maskGenerator() const
{
    return static_cast<const MaskGenerator *>(d->masks.generator());
}

/*! Stores \a pauseMode; there is nothing to pause for without TLS. */
void WebSocket::setPauseMode(QAbstractSocket::PauseModes pauseMode)
{
    d->pauseMode = pauseMode;
}

/*! Goes on after a pause for errors of TLS. */
void WebSocket::resume()
{
#ifndef QT_NO_SSL
    d->resume();
#endif
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
    Sends \a message and returns its length in UTF-8; 0 if the socket is not in
    ConnectedState. Lone surrogates become U+FFFD. Never waits.
*/
qint64 WebSocket::sendTextMessage(const QString &message)
{
    return d->sendText(message);
}

/*!
    Sends \a data and returns its length; 0 if the socket is not in ConnectedState.
    Large data is shared until it is written, not copied. Never waits.
*/
qint64 WebSocket::sendBinaryMessage(const QByteArray &data)
{
    return d->sendBinary(data);
}

/*!
    Sends \a frame, a part of a text message that is not there as a whole, and
    returns its length in UTF-8; 0 if the socket is not in ConnectedState, or if
    the frames before it were binary. Surrogate pairs belong in one frame. Until
    the frame with \a isLastFrame no message can be sent. bytesToWrite() and
    bytesWritten() say when to go on with a message larger than memory.
*/
qint64 WebSocket::sendTextFrame(const QString &frame, bool isLastFrame)
{
    return d->sendTextFrame(frame, isLastFrame);
}

/*! As sendTextFrame(), for a binary message. */
qint64 WebSocket::sendBinaryFrame(const QByteArray &frame, bool isLastFrame)
{
    return d->sendBinaryFrame(frame, isLastFrame);
}

/*!
    Whether messages are told by textFrameReceived() and binaryFrameReceived()
    alone, piece by piece as they arrive, without textMessageReceived() and
    binaryMessageReceived(): for messages too large for memory or too slow to wait
    for. A piece may be less than a frame of the peer's; the last one may be
    empty. Default false. Holds from the next message on.
*/
bool WebSocket::isStreaming() const
{
    return d->isStreaming();
}

void WebSocket::setStreaming(bool streaming)
{
    d->setStreaming(streaming);
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
    Messages that were sent by this connection, less those that were dropped; one that
    is sent in frames counts with its last. 0 without a connection.
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

WebSocketLimits WebSocket::limits() const
{
    return d->limits;
}

/*! Holds at once; the handshake's timeout from the next open() on. */
void WebSocket::setLimits(const WebSocketLimits &limits)
{
    d->setLimits(limits);
}

WebSocketCompression WebSocket::compression() const
{
    return d->compression;
}

/*! Holds from the next open() on. */
void WebSocket::setCompression(const WebSocketCompression &compression)
{
    d->compression = compression;
}

WebSocketHeartbeat WebSocket::heartbeat() const
{
    return d->heartbeat;
}

/*! Holds at once. */
void WebSocket::setHeartbeat(const WebSocketHeartbeat &heartbeat)
{
    d->setHeartbeat(heartbeat);
}

WebSocketReconnect WebSocket::reconnect() const
{
    return d->reconnecting.options();
}

/*!
    Opens a connection again that open() began and that was lost, or could not be
    opened, with the same request and options; off by default. Holds at once.

    Not opened again is what the application closed or aborted, also in a slot of the
    sequence that ends with disconnected(); what ended with a code that speaks against
    it (1000, 1002, 1003, 1007 to 1010, 1015), whoever sent it; what the server
    answered with an HTTP status that won't change (all but 408, 425, 429 and the
    5xx, of those not 501 and 505), or with no WebSocket handshake; what a proxy refused
    in the same way; a TLS handshake or certificate that failed; and what open() refuses
    by itself.

    After disconnected() and the error, if there was one, reconnectScheduled() tells
    of each attempt; the state stays UnconnectedState until it is made. While it waits
    a socket does not send: messages are refused as ever without a connection, and
    none is kept. The waiting ends early when QNetworkInformation, if the application
    has loaded it (Qt 6), says that the network is back, when the machine has slept,
    and by reconnectNow().
*/
void WebSocket::setReconnect(const WebSocketReconnect &reconnect)
{
    d->setReconnect(reconnect);
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

WebSocketTcpOptions WebSocket::tcpOptions() const
{
    return d->tcpOptions;
}

/*! Holds from the next open() on. */
void WebSocket::setTcpOptions(const WebSocketTcpOptions &tcpOptions)
{
    d->tcpOptions = tcpOptions;
}

QNetworkRequest::RedirectPolicy WebSocket::redirectPolicy() const
{
    return d->redirectPolicy;
}

/*!
    Whether open() follows redirects (301, 302, 303, 307, 308), unless the request has a
    QNetworkRequest::RedirectPolicyAttribute of its own; up to
    QNetworkRequest::maximumRedirectsAllowed() of the request, and to 50. Default
    ManualRedirectPolicy: they are refusals as any other status. None leads from wss:// to
    ws://. To another scheme, host or port the raw headers Authorization, Cookie and
    Proxy-Authorization don't go along, and the URL's user and password neither.
    UserVerifiedRedirectPolicy is taken as ManualRedirectPolicy.
*/
void WebSocket::setRedirectPolicy(QNetworkRequest::RedirectPolicy redirectPolicy)
{
    d->redirectPolicy = redirectPolicy;
}

QNetworkCookieJar *WebSocket::cookieJar() const
{
    return d->cookies.jar();
}

/*!
    Sends the cookies that \a cookieJar has for the URL with the opening handshake, and
    gives it those that responses to it set, redirects and refusals included. Null, the
    default, for none. A jar of a QNetworkAccessManager carries a login by HTTP over:

    \code
    socket.setCookieJar(manager.cookieJar());
    \endcode

    Not owned; forgotten when it is destroyed. It has to live in the same thread as this
    object, from open() until connected() or the error: jars lock nothing. One in another
    thread is not used, with a warning. QNetworkRequest::CookieLoadControlAttribute and
    CookieSaveControlAttribute of a request hold. A redirect to another host gets the
    cookies that were set for it on the way, not those of the jar. Responses have come
    when the jar gets their cookies: with connected(), authenticationRequired() or the
    error.
*/
void WebSocket::setCookieJar(QNetworkCookieJar *cookieJar)
{
    d->cookies.setJar(cookieJar);
}

/*!
    A frame longer than this closes the connection with 1009: the same as
    WebSocketLimits::maxFrameSize(), but larger values than maxIncomingFrameSize()
    are ignored.
*/
void WebSocket::setMaxAllowedIncomingFrameSize(quint64 maxAllowedIncomingFrameSize)
{
    d->setMaxFrameSize(maxAllowedIncomingFrameSize);
}

quint64 WebSocket::maxAllowedIncomingFrameSize() const
{
    return d->limits.maxFrameSize();
}

/*!
    A message longer than this, in bytes (text: of UTF-8), closes the connection
    with 1009: the same as WebSocketLimits::maxMessageSize(), but larger values than
    maxIncomingMessageSize() are ignored.
*/
void WebSocket::setMaxAllowedIncomingMessageSize(quint64 maxAllowedIncomingMessageSize)
{
    d->setMaxMessageSize(maxAllowedIncomingMessageSize);
}

quint64 WebSocket::maxAllowedIncomingMessageSize() const
{
    return d->limits.maxMessageSize();
}

/*! The largest value of setMaxAllowedIncomingMessageSize(), in bytes. */
quint64 WebSocket::maxIncomingMessageSize()
{
    return largestSize;
}

/*! The largest value of setMaxAllowedIncomingFrameSize(), in bytes. */
quint64 WebSocket::maxIncomingFrameSize()
{
    return largestSize;
}

/*!
    Longer messages are sent in frames of this many bytes; text is cut between
    characters, so that less than 4 counts as 4. Default 512 KiB. 0 and values
    above maxOutgoingFrameSize() are ignored.
*/
void WebSocket::setOutgoingFrameSize(quint64 outgoingFrameSize)
{
    d->setOutgoingFrameSize(outgoingFrameSize);
}

quint64 WebSocket::outgoingFrameSize() const
{
    return d->outgoingFrameSize;
}

/*! The largest value of setOutgoingFrameSize(), in bytes. */
quint64 WebSocket::maxOutgoingFrameSize()
{
    return largestSize;
}

/*!
    Begins the closing handshake with \a closeCode and \a reason, cut to the 123
    bytes that fit. While the opening handshake runs it is given up with
    UnfinishedSocketOperationError.
*/
void WebSocket::close(WebSocketProtocol::CloseCode closeCode, const QString &reason)
{
    d->close(closeCode, reason);
}

/*! The same as a QNetworkRequest with nothing but \a url. */
void WebSocket::open(const QUrl &url)
{
    d->open(QNetworkRequest(url), WebSocketHandshakeOptions());
}

/*! The same with \a request, its raw headers and attributes. */
void WebSocket::open(const QNetworkRequest &request)
{
    d->open(request, WebSocketHandshakeOptions());
}

/*! The same with \a options, which ask for subprotocols. */
void WebSocket::open(const QUrl &url, const WebSocketHandshakeOptions &options)
{
    d->open(QNetworkRequest(url), options);
}

/*!
    Connects to the URL of \a request, sending its raw headers. A connection that
    is there is closed in the background, without signals. What is wrong with the
    request itself (URL, scheme, header) is told by errorOccurred() before this
    returns, without a change of state.

    ws+unix:///path/of/socket:/path?query leads to a Unix domain socket, never through
    a proxy; the path of the socket is percent-encoded where URLs need it.
*/
void WebSocket::open(const QNetworkRequest &request, const WebSocketHandshakeOptions &options)
{
    d->open(request, options);
}

/*! Sends a Ping with up to 125 bytes of \a payload; pong() follows. */
void WebSocket::ping(const QByteArray &payload)
{
    d->ping(payload);
}

/*! Makes the attempt that reconnectScheduled() told of now. Else does nothing. */
void WebSocket::reconnectNow()
{
    d->reconnectNow();
}

bool WebSocket::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

void WebSocket::connectNotify(const QMetaMethod &signal)
{
    QObject::connectNotify(signal);
    d->signalConnected(signal);
}

void WebSocket::disconnectNotify(const QMetaMethod &signal)
{
    QObject::disconnectNotify(signal);
    d->signalDisconnected(signal);
}

} // namespace Wirebird
