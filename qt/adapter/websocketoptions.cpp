// The public face of WebSocket: what it is set to.
#include "websocket_p.h"

#include <wirebird/maskgenerator.h>
#include <wirebird/websocket.h>

namespace Wirebird {

QAbstractSocket::PauseModes WebSocket::pauseMode() const
{
    return d->pauseMode;
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
    UserVerifiedRedirectPolicy is taken as ManualRedirectPolicy. With Qt's TLS, which opens
    one TCP connection by QSslSocket, none is followed: errorString() says so. Nor is one
    from ws:// to wss:// if the settings for wss:// need Qt's TLS.
*/
void WebSocket::setRedirectPolicy(QNetworkRequest::RedirectPolicy redirectPolicy)
{
    d->redirectPolicy = redirectPolicy;
}

WebSocket::HttpVersion WebSocket::httpVersion() const
{
    return d->httpVersion == WIREBIRD_HTTP_2 ? HttpVersion::Http2 : HttpVersion::Http1;
}

/*!
    In which version of HTTP open() asks from now on: Http1 (default), by an upgrade, or
    Http2, by extended CONNECT (RFC 8441), over the engine's TLS or without any. A server
    that does not know it is an error, whose errorString() says so.
*/
void WebSocket::setHttpVersion(HttpVersion httpVersion)
{
    d->httpVersion = httpVersion == HttpVersion::Http2 ? WIREBIRD_HTTP_2 : WIREBIRD_HTTP_1_1;
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

} // namespace Wirebird
