// QWebSocket: the adapter's behaviour under Qt's name.
#include "QtWebSockets/qwebsocket.h"

#include "QtWebSockets/qmaskgenerator.h"
#include "convert_p.h"

#include "websocket_p.h"

#include <QtCore/qcoreevent.h>
// Complete, for the meta-object: such arguments can be queued.
#include <QtNetwork/qauthenticator.h>
#ifndef QT_NO_SSL
#  include <QtNetwork/qsslpresharedkeyauthenticator.h>
#endif

QT_BEGIN_NAMESPACE

using Wirebird::Manner;
using Wirebird::WebSocketHandshakeOptions;
using Wirebird::WebSocketPrivate;

/*!
    \class QWebSocket
    \brief A WebSocket connection with the interface and the manners of Qt
    WebSockets, on Wirebird's engine.

    Programs written for Qt WebSockets use it unchanged. Members do what those of
    Wirebird::WebSocket do; what differs between the two is what Qt promises: close()
    emits all its signals before it returns, closeCode() stays 1000 when TCP is
    lost, and error texts are Qt's. In Wirebird's favour stay: deleting the object in
    any slot is safe, aboutToClose() comes once, a Close without a code is 1005, and
    open() resets closeCode() and errorString().

    TLS is the engine's, until the program shows that it looks at Qt's, by a call of
    setSslConfiguration() or a connection to one of the signals about it, or needs what
    the engine's has not: then it is a QSslSocket's. The environment variable
    WIREBIRD_TLS=engine or =qt, or the dynamic property "wirebirdTls", decides
    otherwise.
*/

QWebSocket::QWebSocket(const QString &origin, QWebSocketProtocol::Version version, QObject *parent)
    : QObject(parent), d(WebSocketPrivate::make(this, Manner::QtWebSockets, origin, version))
{
}

QWebSocket::~QWebSocket()
{
    d->destroy();
}

void QWebSocket::abort()
{
    d->abort();
}

QAbstractSocket::SocketError QWebSocket::error() const
{
    return d->error;
}

QString QWebSocket::errorString() const
{
    return d->shownErrorString();
}

bool QWebSocket::flush()
{
    return d->flush();
}

bool QWebSocket::isValid() const
{
    return d->isValid();
}

QHostAddress QWebSocket::localAddress() const
{
    return d->localAddress();
}

quint16 QWebSocket::localPort() const
{
    return d->localPort();
}

QAbstractSocket::PauseModes QWebSocket::pauseMode() const
{
    return d->pauseMode;
}

QHostAddress QWebSocket::peerAddress() const
{
    return d->peerAddress();
}

QString QWebSocket::peerName() const
{
    return d->peerName;
}

quint16 QWebSocket::peerPort() const
{
    return d->peerPort();
}

#ifndef QT_NO_NETWORKPROXY
QNetworkProxy QWebSocket::proxy() const
{
    return d->proxy;
}

void QWebSocket::setProxy(const QNetworkProxy &networkProxy)
{
    d->proxy = networkProxy;
}
#endif

/*!
    Takes the masks of frames from \a maskGenerator for connections opened from now
    on; null takes the engine's own. Seeded here, asked from any thread, one at a
    time. Not owned: it has to live as long as this object, or until another is set.
*/
void QWebSocket::setMaskGenerator(const QMaskGenerator *maskGenerator)
{
    auto *const generator = const_cast<QMaskGenerator *>(maskGenerator);
    d->masks.set(generator, [generator] { return generator->nextMask(); });
    if (generator)
        generator->seed();
}

const QMaskGenerator *QWebSocket::maskGenerator() const
{
    return static_cast<const QMaskGenerator *>(d->masks.generator());
}

qint64 QWebSocket::readBufferSize() const
{
    return d->readBufferSize;
}

void QWebSocket::setReadBufferSize(qint64 size)
{
    d->readBufferSize = size;
}

void QWebSocket::resume()
{
#ifndef QT_NO_SSL
    d->resume();
#endif
}

void QWebSocket::setPauseMode(QAbstractSocket::PauseModes pauseMode)
{
    d->pauseMode = pauseMode;
}

QAbstractSocket::SocketState QWebSocket::state() const
{
    return d->state;
}

QWebSocketProtocol::Version QWebSocket::version() const
{
    return QWebSocketProtocol::Version(d->version);
}

QString QWebSocket::resourceName() const
{
    return d->resourceName;
}

QUrl QWebSocket::requestUrl() const
{
    return d->request.url();
}

QNetworkRequest QWebSocket::request() const
{
    return d->request;
}

QWebSocketHandshakeOptions QWebSocket::handshakeOptions() const
{
    return fromWirebird(d->handshakeOptions);
}

QString QWebSocket::origin() const
{
    return d->origin;
}

QString QWebSocket::subprotocol() const
{
    return d->subprotocol;
}

QWebSocketProtocol::CloseCode QWebSocket::closeCode() const
{
    return fromWirebird(d->closeCode);
}

QString QWebSocket::closeReason() const
{
    return d->closeReason;
}

qint64 QWebSocket::sendTextMessage(const QString &message)
{
    return d->sendText(message);
}

qint64 QWebSocket::sendBinaryMessage(const QByteArray &data)
{
    return d->sendBinary(data);
}

#ifndef QT_NO_SSL
void QWebSocket::ignoreSslErrors(const QList<QSslError> &errors)
{
    d->ignoreSslErrors(errors);
}

void QWebSocket::ignoreSslErrors()
{
    d->ignoreSslErrors();
}

void QWebSocket::continueInterruptedHandshake()
{
    d->continueInterruptedHandshake();
}

void QWebSocket::setSslConfiguration(const QSslConfiguration &sslConfiguration)
{
    d->setSslConfiguration(sslConfiguration);
}

QSslConfiguration QWebSocket::sslConfiguration() const
{
    return d->sslConfiguration();
}
#endif

qint64 QWebSocket::bytesToWrite() const
{
    return d->bytesToWrite();
}

void QWebSocket::setMaxAllowedIncomingFrameSize(quint64 maxAllowedIncomingFrameSize)
{
    d->setMaxFrameSize(maxAllowedIncomingFrameSize);
}

quint64 QWebSocket::maxAllowedIncomingFrameSize() const
{
    return d->limits.maxFrameSize();
}

void QWebSocket::setMaxAllowedIncomingMessageSize(quint64 maxAllowedIncomingMessageSize)
{
    d->setMaxMessageSize(maxAllowedIncomingMessageSize);
}

quint64 QWebSocket::maxAllowedIncomingMessageSize() const
{
    return d->limits.maxMessageSize();
}

quint64 QWebSocket::maxIncomingMessageSize()
{
    return Wirebird::largestSize;
}

quint64 QWebSocket::maxIncomingFrameSize()
{
    return Wirebird::largestSize;
}

/*!
    Longer messages are sent in frames of this many bytes, text cut between
    characters. 0 and values above maxOutgoingFrameSize() are ignored.
*/
void QWebSocket::setOutgoingFrameSize(quint64 outgoingFrameSize)
{
    d->setOutgoingFrameSize(outgoingFrameSize);
}

quint64 QWebSocket::outgoingFrameSize() const
{
    return d->outgoingFrameSize;
}

quint64 QWebSocket::maxOutgoingFrameSize()
{
    return Wirebird::largestSize;
}

void QWebSocket::close(QWebSocketProtocol::CloseCode closeCode, const QString &reason)
{
    d->close(closeCode, reason);
}

void QWebSocket::open(const QUrl &url)
{
    d->open(QNetworkRequest(url), WebSocketHandshakeOptions());
}

void QWebSocket::open(const QNetworkRequest &request)
{
    d->open(request, WebSocketHandshakeOptions());
}

void QWebSocket::open(const QUrl &url, const QWebSocketHandshakeOptions &options)
{
    d->open(QNetworkRequest(url), toWirebird(options));
}

void QWebSocket::open(const QNetworkRequest &request, const QWebSocketHandshakeOptions &options)
{
    d->open(request, toWirebird(options));
}

void QWebSocket::ping(const QByteArray &payload)
{
    d->ping(payload);
}

bool QWebSocket::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

void QWebSocket::connectNotify(const QMetaMethod &signal)
{
    QObject::connectNotify(signal);
    d->signalConnected(signal);
}

void QWebSocket::disconnectNotify(const QMetaMethod &signal)
{
    QObject::disconnectNotify(signal);
    d->signalDisconnected(signal);
}

QT_END_NAMESPACE

#include "moc_qwebsocket.cpp"
