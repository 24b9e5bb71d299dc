// The QML type WebSocket of the module Wirebird.
#include "qmlwebsocket.h"

#include "json.h"

#include <wirebird/handshakeoptions.h>

#include <QtCore/qmetaobject.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

#include <algorithm>

namespace Wirebird {

/*!
    \qmltype WebSocket
    \inqmlmodule Wirebird
    \brief A WebSocket connection in QML.

    Has every member of the type of Qt's module QtWebSockets, of the same name and
    meaning, and more. Opens when active, closes when no longer. After a drop it stays
    active, and is opened again if reconnect.enabled says so.

    Where it differs from Qt's: when it is closed the status is Closing until the peer
    has answered; the close code is 1005 or 1006 where there was none; and the status
    stays Error, with its text, when the server has refused the handshake.

    \section1 Qt's members

    \qmlproperty url WebSocket::url
    Where to connect to. Changed while the connection is open, it is closed and one to
    the new URL opened.

    \qmlproperty list<string> WebSocket::requestedSubprotocols
    Subprotocols to ask for, the most welcome first.

    \qmlproperty string WebSocket::negotiatedSubprotocol
    \qmlproperty enumeration WebSocket::status
    WebSocket.Connecting, Open, Closing, Closed (as it begins) or Error.

    \qmlproperty string WebSocket::errorString
    Of the last error; empty again when the status changes to another one than Error.

    \qmlproperty bool WebSocket::active
    Whether the connection is wanted. Default: false.

    \qmlsignal WebSocket::textMessageReceived(string message)
    \qmlsignal WebSocket::binaryMessageReceived(ArrayBuffer message)
    \qmlsignal WebSocket::pong(int elapsedTime, ArrayBuffer payload)

    \section1 The opening handshake

    \qmlproperty var WebSocket::requestHeaders
    Header fields of the request by name; a list is joined by commas. Those that the
    handshake writes itself are ignored. Holds from the next opening on. Of a server's
    socket: what the client sent.

    \qmlproperty string WebSocket::origin
    The field Origin. Holds from the next opening on.

    \qmlproperty string WebSocket::extensions
    The extensions that were agreed on, or empty.

    \qmlproperty int WebSocket::responseStatus
    The HTTP status of the server's answer: 101, or what it refused with; 0 before.

    \section1 The connection

    \qmlproperty int WebSocket::closeCode
    The code of the peer's Close or of one's own; 1000 before, 1005 for a Close
    without, 1006 for a connection that was lost or could not be opened.

    \qmlproperty string WebSocket::closeReason
    \qmlproperty string WebSocket::peerAddress
    \qmlproperty int WebSocket::peerPort

    \qmlproperty bool WebSocket::reconnecting
    Whether a lost connection is being opened again.

    \qmlproperty int WebSocket::reconnectAttempt
    The number of the attempt that is awaited or made; 0 if none is.

    \qmlsignal WebSocket::reconnectScheduled(int attempt, int delay)
    The connection will be opened again in \a delay milliseconds.

    \section1 Figures

    \qmlproperty real WebSocket::roundTripTime
    Milliseconds between the last answered Ping, of ping() or the heartbeat, and its
    Pong; 0 before the first.

    \qmlproperty int WebSocket::bytesToWrite
    \qmlproperty int WebSocket::bytesSent
    \qmlproperty int WebSocket::bytesReceived
    \qmlproperty int WebSocket::messagesSent
    \qmlproperty int WebSocket::messagesReceived
    Of this connection. Right when read; what is bound to them follows each
    updateInterval.

    \qmlproperty int WebSocket::updateInterval
    Milliseconds, from 10 on; default 500.

    \section1 Options

    \qmlpropertygroup WebSocket::compression
    enabled, level, threshold, serverMaxWindowBits, clientMaxWindowBits,
    serverNoContextTakeover, clientNoContextTakeover: see WebSocketCompression.

    \qmlpropertygroup WebSocket::heartbeat
    interval, timeout: see WebSocketHeartbeat.

    \qmlpropertygroup WebSocket::limits
    maxMessageSize, maxFrameSize, maxFragments, highWater, maxUnsent, overflow,
    handshakeTimeout, closeTimeout, frameTimeout: see WebSocketLimits. overflow is
    WebSocketLimits.CloseConnection, DropNewest or DropOldest.

    \qmlpropertygroup WebSocket::reconnect
    enabled, initialDelay, maximumDelay, factor, jitter, maximumAttempts, resetAfter:
    see WebSocketReconnect and WebSocket::setReconnect().

    \qmlpropertygroup WebSocket::tls
    Files in PEM, as URLs. caCertificates: the authorities to trust instead of the
    system's; certificate and privateKey, with its passphrase: of this client, where a
    server asks for them. ignoresErrors: accept any certificate, for tests. They hold
    from the next opening on.

    \qmlproperty string WebSocket::proxy
    "http://host:port" or "socks5://host:port", with user:password@ before the host
    if need be; "none" for none; empty, as it is by default, for the application's.

    \qmlsignal WebSocket::sslErrors(list<string> errors)
    What is wrong with the server's certificate.

    \section1 JSON

    \qmlsignal WebSocket::jsonMessageReceived(var value)
    Follows textMessageReceived() with what the message means as JSON. Messages are
    parsed only where something is connected to this signal.

    \qmlsignal WebSocket::jsonErrorOccurred(string errorString, string message)
    Instead of jsonMessageReceived() for a text that is not JSON. With nothing
    connected to it a warning is printed.
*/

QmlWebSocket::QmlWebSocket(QObject *parent)
    : QObject(parent),
      m_compression([] { return WebSocket().compression(); }(), nullptr),
      m_heartbeat(WebSocketHeartbeat(), nullptr),
      m_limits(WebSocketLimits(), nullptr)
{
    followOptions();
}

QmlWebSocket::QmlWebSocket(WebSocket *socket, QJSEngine *engine, QObject *parent)
    : QObject(parent),
      m_origin(socket->origin()),
      m_engine(engine),
      m_compression(socket->compression(), nullptr),
      m_heartbeat(socket->heartbeat(), nullptr),
      m_limits(socket->limits(), nullptr)
{
    const QNetworkRequest request = socket->request();
    const QList<QByteArray> names = request.rawHeaderList();
    for (const QByteArray &name : names)
        m_requestHeaders.insert(QString::fromLatin1(name),
                                QString::fromUtf8(request.rawHeader(name)));
    followOptions();
    adopt(socket);
}

void QmlWebSocket::followOptions()
{
    m_figures.setInterval(500);
    connect(&m_figures, &QTimer::timeout, this, &QmlWebSocket::followFigures);
    connect(&m_compression, &QmlCompression::changed, this, [this] {
        if (socket())
            socket()->setCompression(m_compression.value());
    });
    connect(&m_heartbeat, &QmlHeartbeat::changed, this, [this] {
        if (socket())
            socket()->setHeartbeat(m_heartbeat.value());
    });
    connect(&m_limits, &QmlLimits::changed, this, [this] {
        if (socket())
            socket()->setLimits(m_limits.value());
    });
    connect(&m_reconnect, &QmlReconnect::changed, this, [this] {
        if (socket())
            socket()->setReconnect(m_reconnect.value());
    });
}

void QmlWebSocket::componentComplete()
{
    complete(new WebSocket);
}

void QmlWebSocket::connectSocket()
{
    WebSocket *const s = socket();
    s->setCompression(m_compression.value());
    s->setHeartbeat(m_heartbeat.value());
    s->setLimits(m_limits.value());
    s->setReconnect(m_reconnect.value());
    connect(s, &WebSocket::textMessageReceived, this, &QmlWebSocket::takeJson);
    connect(s, &WebSocket::roundTripTimeChanged, this, &QmlWebSocket::followRoundTrip);
    connect(s, &WebSocket::extensionsChanged, this, &QmlWebSocket::extensionsChanged);
    connect(s, &WebSocket::closeCodeChanged, this, &QmlWebSocket::closeCodeChanged);
    connect(s, &WebSocket::closeReasonChanged, this, &QmlWebSocket::closeReasonChanged);
    connect(s, &WebSocket::reconnectScheduled, this, &QmlWebSocket::reconnectScheduled);
    connect(s, &WebSocket::reconnectingChanged, this, &QmlWebSocket::reconnectingChanged);
#ifndef QT_NO_SSL
    connect(s, &WebSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        if (m_tls.ignoresErrors())
            socket()->ignoreSslErrors();
        QStringList texts;
        for (const QSslError &error : errors)
            texts.append(error.errorString());
        Q_EMIT sslErrors(texts);
    });
#endif
    connect(s, &WebSocket::connected, this, &QmlWebSocket::followFigures);
    connect(s, &WebSocket::disconnected, this, &QmlWebSocket::followFigures);
}

void QmlWebSocket::openSocket()
{
    QNetworkRequest request(url());
    for (auto header = m_requestHeaders.cbegin(); header != m_requestHeaders.cend(); ++header) {
        const QString value = header->canConvert<QStringList>() && !header->canConvert<QString>()
            ? header->toStringList().join(QStringLiteral(", "))
            : header->toString();
        request.setRawHeader(header.key().toUtf8(), value.toUtf8());
    }
    if (!m_origin.isEmpty())
        request.setRawHeader("Origin", m_origin.toUtf8());
#ifndef QT_NO_SSL
    socket()->setSslConfiguration(m_tls.configuration(this));
#endif
    applyProxy();
    WebSocketHandshakeOptions options;
    options.setSubprotocols(requestedSubprotocols());
    socket()->open(request, options);
}

void QmlWebSocket::setRequestHeaders(const QVariantMap &headers)
{
    if (headers == m_requestHeaders)
        return;
    m_requestHeaders = headers;
    Q_EMIT requestHeadersChanged();
}

void QmlWebSocket::setOrigin(const QString &origin)
{
    if (origin == m_origin)
        return;
    m_origin = origin;
    Q_EMIT originChanged();
}

void QmlWebSocket::setProxy(const QString &proxy)
{
    if (proxy == m_proxy)
        return;
    m_proxy = proxy;
    Q_EMIT proxyChanged();
}

void QmlWebSocket::applyProxy()
{
#ifndef QT_NO_NETWORKPROXY
    if (m_proxy.isEmpty()) {
        socket()->setProxy(QNetworkProxy(QNetworkProxy::DefaultProxy));
        return;
    }
    if (m_proxy == QLatin1String("none")) {
        socket()->setProxy(QNetworkProxy(QNetworkProxy::NoProxy));
        return;
    }
    const QUrl url(m_proxy);
    const bool isSocks = url.scheme() == QLatin1String("socks5");
    if ((!isSocks && url.scheme() != QLatin1String("http")) || url.host().isEmpty())
        qmlWarning(this) << "proxy takes http://host:port, socks5://host:port or none, not "
                         << m_proxy;
    socket()->setProxy(QNetworkProxy(
        isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
        quint16(url.port(isSocks ? 1080 : 8080)), url.userName(), url.password()));
#endif
}

QString QmlWebSocket::extensions() const
{
    return socket() ? socket()->extensions() : QString();
}

int QmlWebSocket::responseStatus() const
{
    return socket() ? socket()->responseStatus() : 0;
}

int QmlWebSocket::closeCode() const
{
    return socket() ? int(socket()->closeCode()) : 1000;
}

QString QmlWebSocket::closeReason() const
{
    return socket() ? socket()->closeReason() : QString();
}

QString QmlWebSocket::peerAddress() const
{
    return socket() ? socket()->peerAddress().toString() : QString();
}

int QmlWebSocket::peerPort() const
{
    return socket() ? socket()->peerPort() : 0;
}

bool QmlWebSocket::isReconnecting() const
{
    return socket() && socket()->isReconnecting();
}

int QmlWebSocket::reconnectAttempt() const
{
    return socket() ? socket()->reconnectAttempt() : 0;
}

double QmlWebSocket::bytesToWrite() const
{
    return socket() ? double(socket()->bytesToWrite()) : 0;
}

double QmlWebSocket::bytesSent() const
{
    return socket() ? double(socket()->bytesSent()) : 0;
}

double QmlWebSocket::bytesReceived() const
{
    return socket() ? double(socket()->bytesReceived()) : 0;
}

double QmlWebSocket::messagesSent() const
{
    return socket() ? double(socket()->messagesSent()) : 0;
}

double QmlWebSocket::messagesReceived() const
{
    return socket() ? double(socket()->messagesReceived()) : 0;
}

void QmlWebSocket::setUpdateInterval(int interval)
{
    interval = std::max(interval, 10);
    if (interval == m_figures.interval())
        return;
    m_figures.setInterval(interval);
    Q_EMIT updateIntervalChanged();
}

/*!
    \qmlmethod int WebSocket::sendTextMessage(string message)
    Returns the number of bytes that will be sent; 0, with an error, if the connection
    is not open.
*/
qint64 QmlWebSocket::sendTextMessage(const QString &message)
{
    return checkOpen() ? socket()->sendTextMessage(message) : 0;
}

/*! \qmlmethod int WebSocket::sendBinaryMessage(ArrayBuffer message) */
qint64 QmlWebSocket::sendBinaryMessage(const QByteArray &message)
{
    return checkOpen() ? socket()->sendBinaryMessage(message) : 0;
}

/*!
    \qmlmethod int WebSocket::sendJson(var value)
    Sends what JSON.stringify() makes of \a value, as text. What it makes nothing of
    (undefined, a function) is not sent: 0, with a warning.
*/
qint64 QmlWebSocket::sendJson(const QJSValue &value)
{
    if (!checkOpen())
        return 0;
    const JsonText json = toJson(engine(), value);
    if (!json.error.isEmpty()) {
        qmlWarning(this) << "sendJson: " << json.error;
        return 0;
    }
    return socket()->sendTextMessage(json.text);
}

/*!
    \qmlmethod void WebSocket::ping(ArrayBuffer payload)
    Sends a Ping with up to 125 bytes; pong() follows.
*/
void QmlWebSocket::ping(const QByteArray &payload)
{
    if (!checkOpen())
        return;
    socket()->ping(payload);
    socket()->flush(); // what a window has to draw first is no part of the round trip
}

/*!
    \qmlmethod void WebSocket::open()
    Makes the socket active, and opens the connection now if it is not open or being
    opened: for a button that says so.
*/
void QmlWebSocket::open()
{
    if (!isActive())
        setActive(true);
    else if (socket() && socket()->isReconnecting())
        socket()->reconnectNow();
    else if (m_status != Open && m_status != Connecting)
        Logic::open();
}

/*!
    \qmlmethod void WebSocket::close(int code, string reason)
    Closes with \a code and \a reason, 1000 and none if they are left out; the socket
    is not active any more.
*/
void QmlWebSocket::close(int code, const QString &reason)
{
    if (socket())
        socket()->close(WebSocketProtocol::CloseCode(code), reason);
    setActive(false);
}

/*!
    \qmlmethod void WebSocket::abort()
    Ends the connection at once, without a Close; the socket is not active any more.
*/
void QmlWebSocket::abort()
{
    if (socket())
        socket()->abort();
    setActive(false);
}

/*!
    \qmlmethod void WebSocket::reconnectNow()
    Makes the attempt that reconnectScheduled() told of now.
*/
void QmlWebSocket::reconnectNow()
{
    if (socket())
        socket()->reconnectNow();
}

QJSEngine *QmlWebSocket::engine() const
{
    return m_engine ? m_engine.data() : qjsEngine(this);
}

/// Follows the signal textMessageReceived().
void QmlWebSocket::takeJson(const QString &message)
{
    static const QMetaMethod received = QMetaMethod::fromSignal(&QmlWebSocket::jsonMessageReceived);
    static const QMetaMethod failed = QMetaMethod::fromSignal(&QmlWebSocket::jsonErrorOccurred);
    if (!isSignalConnected(received))
        return;
    const JsonValue json = fromJson(engine(), &m_parse, message);
    if (json.error.isEmpty())
        Q_EMIT jsonMessageReceived(json.value);
    else if (isSignalConnected(failed))
        Q_EMIT jsonErrorOccurred(json.error, message);
    else
        qmlWarning(this) << "a text message is not JSON: " << json.error;
}

void QmlWebSocket::followRoundTrip()
{
    const double now = double(socket()->roundTripTime().count()) / 1000;
    if (now == m_roundTripTime)
        return;
    m_roundTripTime = now;
    Q_EMIT roundTripTimeChanged();
}

/// Runs while the connection is open and somebody looks.
void QmlWebSocket::followFigures()
{
    static const QMetaMethod changed = QMetaMethod::fromSignal(&QmlWebSocket::figuresChanged);
    if (m_status == Open && isSignalConnected(changed)) {
        if (!m_figures.isActive())
            m_figures.start();
    } else {
        m_figures.stop();
    }
    Q_EMIT figuresChanged();
}

void QmlWebSocket::connectNotify(const QMetaMethod &signal)
{
    QObject::connectNotify(signal);
    static const QMetaMethod changed = QMetaMethod::fromSignal(&QmlWebSocket::figuresChanged);
    if (signal == changed && m_status == Open && !m_figures.isActive())
        m_figures.start();
}

} // namespace Wirebird
