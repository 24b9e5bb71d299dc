// A server that accepts WebSocket connections.
#pragma once

#include <wirebird/corsauthenticator.h>
#include <wirebird/global.h>
#include <wirebird/httprequest.h>
#include <wirebird/httpresponder.h>
#include <wirebird/httpresponse.h>
#include <wirebird/websocketcompression.h>
#include <wirebird/websocketheartbeat.h>
#include <wirebird/websocketlimits.h>
#include <wirebird/websocketprotocol.h>
#include <wirebird/websocketserverlimits.h>
#include <wirebird/websockettls.h>

#include <QtCore/qfiledevice.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslerror.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

QT_BEGIN_NAMESPACE
class QIODevice;
class QSslPreSharedKeyAuthenticator;
class QSslSocket;
QT_END_NAMESPACE

namespace Wirebird {

class WebSocket;
class WebSocketServerPrivate;
template <typename Object>
class TlsEmitterOf;

/// Answers a request of WebSocketServer::route(), in the server's thread.
using HttpHandler = std::function<HttpResponse(const HttpRequest &request)>;
/// Answers a request of WebSocketServer::routeDeferred(), then or later.
using HttpDeferredHandler = std::function<void(HttpResponder responder)>;
/// Decides on a request of WebSocketServer::setRequestCheck(), in the server's thread.
using RequestCheck = std::function<bool(const HttpRequest &request)>;
using RequestGuard = std::function<std::optional<HttpResponse>(const HttpRequest &request)>;

/// A server with the interface of Qt WebSockets. The sockets that
/// nextPendingConnection() returns belong to the caller.
class WIREBIRD_QT_EXPORT WebSocketServer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY(WebSocketServer)

public:
    /// Whether clients come by wss:// or by ws://.
    enum SslMode { SecureMode = 0, NonSecureMode };
    Q_ENUM(SslMode)

    /// How proxies name the client.
    enum ProxyHeaders { XForwardedFor, Forwarded, ProxyProtocol };
    Q_ENUM(ProxyHeaders)

    explicit WebSocketServer(const QString &serverName, SslMode secureMode,
                             QObject *parent = nullptr);
    ~WebSocketServer() override;

    bool listen(const QHostAddress &address = QHostAddress::Any, quint16 port = 0);
    bool listenLocal(const QString &path, QFileDevice::Permissions permissions = {});
    void close();
    bool isListening() const;

    void setMaxPendingConnections(int numConnections);
    int maxPendingConnections() const;

    void setHandshakeTimeout(std::chrono::milliseconds msec);
    void setHandshakeTimeout(int msec);
    std::chrono::milliseconds handshakeTimeout() const;
    int handshakeTimeoutMS() const;

    quint16 serverPort() const;
    QHostAddress serverAddress() const;
    QUrl serverUrl() const;
    SslMode secureMode() const;

    bool setSocketDescriptor(qintptr socketDescriptor);
    qintptr socketDescriptor() const;

    bool hasPendingConnections() const;
    virtual WebSocket *nextPendingConnection();

    WebSocketProtocol::CloseCode error() const;
    QString errorString() const;

    void pauseAccepting();
    void resumeAccepting();

    void setServerName(const QString &serverName);
    QString serverName() const;

    void setSupportedSubprotocols(const QStringList &protocols);
    QStringList supportedSubprotocols() const;

#ifndef QT_NO_NETWORKPROXY
    void setProxy(const QNetworkProxy &networkProxy);
    QNetworkProxy proxy() const;
#endif
#ifndef QT_NO_SSL
    void setSslConfiguration(const QSslConfiguration &sslConfiguration);
    QSslConfiguration sslConfiguration() const;
    WebSocketTls tls() const;
    void setTls(const WebSocketTls &tls);
#endif

    QList<WebSocketProtocol::Version> supportedVersions() const;

    void handleConnection(QIODevice *device) const;

    void route(const QString &path, HttpMethods methods, HttpHandler handler);
    void routeDeferred(const QString &path, HttpMethods methods, HttpDeferredHandler handler);
    void serveFiles(const QString &prefix, const QString &directory);
    void setHealthPath(const QString &path);
    QString healthPath() const;
    void setRequestCheck(RequestCheck check);
    void setRequestGuard(RequestGuard guard);
    void setTrustedProxies(const QStringList &networks, ProxyHeaders headers = XForwardedFor);
    QStringList trustedProxies() const;
    void setAllowedHosts(const QStringList &hosts);
    QStringList allowedHosts() const;
    void setAllowedOrigins(const QStringList &origins);
    QStringList allowedOrigins() const;
    void setOriginRequired(bool required);
    bool isOriginRequired() const;
    void setHttp2Enabled(bool enabled);
    bool isHttp2Enabled() const;

    WebSocketServerLimits serverLimits() const;
    void setServerLimits(const WebSocketServerLimits &limits);
    WebSocketLimits limits() const;
    void setLimits(const WebSocketLimits &limits);
    WebSocketCompression compression() const;
    void setCompression(const WebSocketCompression &compression);
    WebSocketHeartbeat heartbeat() const;
    void setHeartbeat(const WebSocketHeartbeat &heartbeat);

Q_SIGNALS:
    void acceptError(QAbstractSocket::SocketError socketError);
    void serverError(Wirebird::WebSocketProtocol::CloseCode closeCode);
    void originAuthenticationRequired(Wirebird::WebSocketCorsAuthenticator *authenticator);
    void newConnection();
    void httpRequested(Wirebird::HttpResponder *responder);
#ifndef QT_NO_SSL
    void peerVerifyError(const QSslError &error);
    void sslErrors(const QList<QSslError> &errors);
    void sslErrorsOccurred(QSslSocket *socket, const QList<QSslError> &errors);
    void preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator);
#  if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    void alertSent(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description);
    void alertReceived(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description);
#  endif
    void handshakeInterruptedOnError(const QSslError &error);
#endif
    void closed();

protected:
    bool event(QEvent *event) override;
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class TlsEmitterOf<WebSocketServer>;
    void findHttpReceivers();

    std::unique_ptr<WebSocketServerPrivate> d;
};

} // namespace Wirebird
