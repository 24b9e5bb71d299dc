// The public face of WebSocket: documentation, opening, sending and closing. What it knows is
// in websocketproperties.cpp, what it is set to in websocketoptions.cpp; its life is told in
// websocketopening.cpp, websocketevents.cpp and websocketclosing.cpp.
#include "websocket_p.h"

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
    and its timeout, too. If they are refused the question comes again, with them in
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
    Writes what slots of the running event have sent. Returns whether bytes were
    written, true without a connection. Not needed: the event loop does it.
*/
bool WebSocket::flush()
{
    return d->flush();
}

/*! Goes on after a pause for errors of TLS. */
void WebSocket::resume()
{
#ifndef QT_NO_SSL
    d->resume();
#endif
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
