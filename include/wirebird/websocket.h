// A WebSocket connection: opened by a client, or accepted by a WebSocketServer.
#pragma once

#include <wirebird/global.h>
#include <wirebird/handshakeoptions.h>
#include <wirebird/websocketcompression.h>
#include <wirebird/websocketheartbeat.h>
#include <wirebird/websocketlimits.h>
#include <wirebird/websocketprotocol.h>
#include <wirebird/websocketreconnect.h>
#include <wirebird/websockettcpoptions.h>
#include <wirebird/websockettls.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpair.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslerror.h>

#include <chrono>
#include <memory>

QT_BEGIN_NAMESPACE
class QAuthenticator;
class QNetworkCookieJar;
class QSslPreSharedKeyAuthenticator;
QT_END_NAMESPACE

namespace Wirebird {

class MaskGenerator;

template <typename Socket>
class WebSocketEmitterOf;
template <typename Object>
class TlsEmitterOf;
class WebSocketPrivate;

/// A connection with the interface of Qt WebSockets. Lives on any thread with an
/// event loop; sending never waits. Signals and their order: websocket.cpp.
class WIREBIRD_QT_EXPORT WebSocket : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY(WebSocket)
    Q_PROPERTY(QAbstractSocket::SocketState state READ state NOTIFY stateChanged)
    Q_PROPERTY(QUrl requestUrl READ requestUrl NOTIFY requestUrlChanged)
    Q_PROPERTY(QString subprotocol READ subprotocol NOTIFY subprotocolChanged)
    Q_PROPERTY(QString extensions READ extensions NOTIFY extensionsChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(Wirebird::WebSocketProtocol::CloseCode closeCode READ closeCode
               NOTIFY closeCodeChanged)
    Q_PROPERTY(QString closeReason READ closeReason NOTIFY closeReasonChanged)
    Q_PROPERTY(qint64 roundTripTime READ roundTripMicroseconds NOTIFY roundTripTimeChanged)
    Q_PROPERTY(bool reconnecting READ isReconnecting NOTIFY reconnectingChanged)
    Q_PROPERTY(int reconnectAttempt READ reconnectAttempt NOTIFY reconnectingChanged)

public:
    /// The version of HTTP in which a connection is opened.
    enum class HttpVersion { Http1, Http2 };
    Q_ENUM(HttpVersion)

    explicit WebSocket(const QString &origin = QString(),
                       WebSocketProtocol::Version version = WebSocketProtocol::VersionLatest,
                       QObject *parent = nullptr);
    ~WebSocket() override;

    void abort();
    QAbstractSocket::SocketError error() const;
    QString errorString() const;
    bool flush();
    bool isValid() const;
    QHostAddress localAddress() const;
    quint16 localPort() const;
    QAbstractSocket::PauseModes pauseMode() const;
    QHostAddress peerAddress() const;
    QString peerName() const;
    quint16 peerPort() const;
#ifndef QT_NO_NETWORKPROXY
    QNetworkProxy proxy() const;
    void setProxy(const QNetworkProxy &networkProxy);
#endif
    void setMaskGenerator(const MaskGenerator *maskGenerator);
    const MaskGenerator *maskGenerator() const;
    qint64 readBufferSize() const;
    void setReadBufferSize(qint64 size);
    void setPauseMode(QAbstractSocket::PauseModes pauseMode);
    void resume();
    QAbstractSocket::SocketState state() const;

    WebSocketProtocol::Version version() const;
    QString resourceName() const;
    QUrl requestUrl() const;
    QNetworkRequest request() const;
    WebSocketHandshakeOptions handshakeOptions() const;
    QString origin() const;
    QString subprotocol() const;
    QString extensions() const;
    int responseStatus() const;
    QList<QPair<QByteArray, QByteArray>> responseHeaders() const;
    QByteArray responseBody() const;
    QUrl responseUrl() const;
    WebSocketProtocol::CloseCode closeCode() const;
    QString closeReason() const;

    qint64 sendTextMessage(const QString &message);
    qint64 sendBinaryMessage(const QByteArray &data);
    qint64 sendTextFrame(const QString &frame, bool isLastFrame);
    qint64 sendBinaryFrame(const QByteArray &frame, bool isLastFrame);
    qint64 bytesToWrite() const;
    static int broadcastTextMessage(const QList<WebSocket *> &sockets, const QString &message);
    static int broadcastBinaryMessage(const QList<WebSocket *> &sockets, const QByteArray &data);

    quint64 bytesSent() const;
    quint64 bytesReceived() const;
    quint64 messagesSent() const;
    quint64 messagesReceived() const;
    quint64 messagesDropped() const;
    std::chrono::microseconds roundTripTime() const;
    quint64 logNumber() const;

    WebSocketLimits limits() const;
    void setLimits(const WebSocketLimits &limits);
    WebSocketCompression compression() const;
    void setCompression(const WebSocketCompression &compression);
    WebSocketHeartbeat heartbeat() const;
    void setHeartbeat(const WebSocketHeartbeat &heartbeat);
    WebSocketReconnect reconnect() const;
    void setReconnect(const WebSocketReconnect &reconnect);
    bool isReconnecting() const;
    int reconnectAttempt() const;
    WebSocketTcpOptions tcpOptions() const;
    void setTcpOptions(const WebSocketTcpOptions &tcpOptions);
    QNetworkRequest::RedirectPolicy redirectPolicy() const;
    void setRedirectPolicy(QNetworkRequest::RedirectPolicy redirectPolicy);
    HttpVersion httpVersion() const;
    void setHttpVersion(HttpVersion httpVersion);
    QNetworkCookieJar *cookieJar() const;
    void setCookieJar(QNetworkCookieJar *cookieJar);

#ifndef QT_NO_SSL
    void ignoreSslErrors(const QList<QSslError> &errors);
    void continueInterruptedHandshake();
    void setSslConfiguration(const QSslConfiguration &sslConfiguration);
    QSslConfiguration sslConfiguration() const;
    WebSocketTls tls() const;
    void setTls(const WebSocketTls &tls);
    QList<QSslCertificate> peerCertificateChain() const;
    QSsl::SslProtocol sessionProtocol() const;
    QString sessionCipherName() const;
    bool isSessionResumed() const;
    QByteArray applicationProtocol() const;
#endif

    bool isStreaming() const;
    void setStreaming(bool streaming);

    void setMaxAllowedIncomingFrameSize(quint64 maxAllowedIncomingFrameSize);
    quint64 maxAllowedIncomingFrameSize() const;
    void setMaxAllowedIncomingMessageSize(quint64 maxAllowedIncomingMessageSize);
    quint64 maxAllowedIncomingMessageSize() const;
    static quint64 maxIncomingMessageSize();
    static quint64 maxIncomingFrameSize();

    void setOutgoingFrameSize(quint64 outgoingFrameSize);
    quint64 outgoingFrameSize() const;
    static quint64 maxOutgoingFrameSize();

public Q_SLOTS:
    void close(Wirebird::WebSocketProtocol::CloseCode closeCode
               = Wirebird::WebSocketProtocol::CloseCodeNormal,
               const QString &reason = QString());
    void open(const QUrl &url);
    void open(const QNetworkRequest &request);
    void open(const QUrl &url, const Wirebird::WebSocketHandshakeOptions &options);
    void open(const QNetworkRequest &request, const Wirebird::WebSocketHandshakeOptions &options);
    void ping(const QByteArray &payload = QByteArray());
    void reconnectNow();
#ifndef QT_NO_SSL
    void ignoreSslErrors();
#endif

Q_SIGNALS:
    void aboutToClose();
    void connected();
    void disconnected();
    void stateChanged(QAbstractSocket::SocketState state);
#ifndef QT_NO_NETWORKPROXY
    void proxyAuthenticationRequired(const QNetworkProxy &proxy, QAuthenticator *authenticator);
#endif
    void authenticationRequired(QAuthenticator *authenticator);
    void readChannelFinished();
    void textFrameReceived(const QString &frame, bool isLastFrame);
    void binaryFrameReceived(const QByteArray &frame, bool isLastFrame);
    void textMessageReceived(const QString &message);
    void binaryMessageReceived(const QByteArray &message);
    void error(QAbstractSocket::SocketError error);
    void errorOccurred(QAbstractSocket::SocketError error);
    void pong(quint64 elapsedTime, const QByteArray &payload);
    void pingReceived(const QByteArray &payload);
    void bytesWritten(qint64 bytes);
    void highWater();
    void lowWater();
    void redirected(const QUrl &url);
    void reconnectScheduled(int attempt, qint64 delay);
    void reconnectingChanged();
    void requestUrlChanged();
    void subprotocolChanged();
    void extensionsChanged();
    void errorStringChanged();
    void closeCodeChanged();
    void closeReasonChanged();
    void roundTripTimeChanged();
#ifndef QT_NO_SSL
    void peerVerifyError(const QSslError &error);
    void sslErrors(const QList<QSslError> &errors);
    void preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator);
#  if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    void alertSent(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description);
    void alertReceived(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description);
#  endif
    void handshakeInterruptedOnError(const QSslError &error);
#endif

protected:
    bool event(QEvent *event) override;
    void connectNotify(const QMetaMethod &signal) override;
    void disconnectNotify(const QMetaMethod &signal) override;

private:
    qint64 roundTripMicroseconds() const;

    friend class WebSocketEmitterOf<WebSocket>;
    friend class TlsEmitterOf<WebSocket>;
    template <typename Server, typename Socket, typename Authenticator, typename CloseCode>
    friend class WebSocketServerEmitterOf;
    std::unique_ptr<WebSocketPrivate> d;
};

} // namespace Wirebird
