// What a WebSocketServer knows and does, whatever the class of its public object.
// Everything runs on the object's thread.
#pragma once

#include "eventsink.h"
#include "handle.h"
#include "manner.h"
#include "qttls.h"
#include "serveroptions.h"
#include "steps.h"
#include "tlsconfiguration.h"
#include "websocketserveremitter.h"

#include <wirebird/websocketserver.h>

#include <QtCore/qbytearraylist.h>
#include <QtCore/qfiledevice.h>
#include <QtCore/qpointer.h>
#include <QtCore/qqueue.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtNetwork/qsslconfiguration.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace Wirebird {

class QtTlsListener;
class HttpRouter;

/// Who may ask for what.
struct Access
{
    QString healthPath;
    QStringList trustedProxies;
    int proxyHeaders = WebSocketServer::XForwardedFor;
    QStringList allowedHosts;
    QStringList allowedOrigins;
    bool isOriginRequired = false;
    bool isHttp2Enabled = false;
};

/// The same for the engine; lives as long as the options are used.
class AccessOptions
{
public:
    AccessOptions(const Access &access, wirebird_server_options_t *options);
    Q_DISABLE_COPY(AccessOptions)

private:
    const QByteArray m_health;
    const QByteArrayList m_proxies;
    const QByteArrayList m_hosts;
    const std::vector<wirebird_text_t> m_proxyViews;
    const std::vector<wirebird_text_t> m_hostViews;
};
/// Why a server can't listen.
QString listenError(wirebird_status_t status);

/// Exported for the replacement of Qt WebSockets alone.
class WIREBIRD_QT_EXPORT WebSocketServerPrivate final : public EventSink, public QtTlsOwner
{
public:
    enum class Transport { Plain, Tls };

    WebSocketServerPrivate(QObject *q, std::unique_ptr<WebSocketServerEmitter> emitter,
                           Manner manner, const QString &name, Transport transport);
    ~WebSocketServerPrivate() override;

    bool listen(const QHostAddress &address, quint16 port);
    bool listenLocal(const QString &path, QFileDevice::Permissions permissions);
    bool adopt(qintptr descriptor);
    void close();
    bool isListening() const;
    void handleConnection(QIODevice *device);
    void setHandshakeTimeout(std::chrono::milliseconds timeout);
    void setServerLimits(const WebSocketServerLimits &newLimits);
    void pauseAccepting();
    void resumeAccepting();
    void destroy();
    quint16 serverPort() const;
    QHostAddress serverAddress() const;
    QUrl serverUrl() const;
    qintptr socketDescriptor() const;
    bool hasPendingConnections() const;
    /// The public object, or null.
    QObject *nextPendingConnection();

    // websocketserverrequests.cpp: events, requests, threads.
    void handle(const wirebird_event_t &event) override;
    void leaveThread();

    QObject *const q;
    ServerHandle server;
    Steps steps;

    const Manner manner;
    const Transport transport;
    QString name;
    QHostAddress address; ///< As given to listen().
    std::chrono::milliseconds handshakeTimeout{10000};
    int maxPending = 30;
    QStringList subprotocols;
    WebSocketServerLimits serverLimits;
    // Of accepted connections.
    WebSocketLimits limits = WebSocketLimitsPrivate::of(Role::Server);
    WebSocketCompression compression = WebSocketCompressionPrivate::of(Role::Server);
    WebSocketHeartbeat heartbeat = WebSocketHeartbeatPrivate::of(Role::Server);
    Access access;
    std::shared_ptr<HttpRouter> router; ///< Shared with a call of a handler.
    bool hasHttpReceivers = false;
    RequestGuard requestGuard;
    WebSocketProtocol::CloseCode error = WebSocketProtocol::CloseCodeNormal;
    QString errorString;
#ifndef QT_NO_NETWORKPROXY
    QNetworkProxy proxy{QNetworkProxy::DefaultProxy};
#endif
#ifndef QT_NO_SSL
    // websocketserversecuring.cpp: TLS, the engine's and Qt's.
    void setSslConfiguration(const QSslConfiguration &configuration);
    QSslConfiguration sslConfiguration() const;
    void setTls(const WebSocketTls &tls);
    WebSocketTls tlsOptions;
    void signalConnected();
#endif

private:
    /// A socket that this server made; `object` is null once deleted.
    struct Accepted
    {
        QPointer<QObject> object;
        WebSocketPrivate *d;
    };

#ifndef QT_NO_SSL
    enum class TlsBy { Engine, Qt };
    struct Secured;

    void renewTls();
    bool wantsQtTls() const;
    QString prepareTls(TlsHandle *made, TlsBy *by);
    bool listenByQt(const QHostAddress &address, quint16 port, qintptr descriptor);
    void passListening(TlsBy to);
    void closeListener();
    void secure(qintptr descriptor);
    void endHandshake(QtTls *tls);
    bool isUnderWay(const QtTls *tls) const;
    static std::optional<QSslConfiguration> take(std::vector<Secured> &list,
                                                 const wirebird_address_t &local,
                                                 const wirebird_address_t &peer);
    void tellNegotiated(wirebird_connection_t connection, WebSocketPrivate *socket);
    void handshakeOfTlsFailed(const TlsAlert &alert, const QString &text);
    void tellAlert(const TlsAlert &alert, int level, const QString &description);
    void tlsErrorsFound(wirebird_connection_t connection);
    bool takeUnasked(wirebird_connection_t connection);

    void tlsPeerVerifyError(QtTls *tls, const QSslError &error) override;
    void tlsErrors(QtTls *tls, const QList<QSslError> &errors) override;
    void tlsEncrypted(QtTls *tls) override;
    void tlsFailed(QtTls *tls, QAbstractSocket::SocketError error, const QString &text) override;
    void tlsAlert(QtTls *tls, const TlsAlert &alert, int level,
                  const QString &description) override;
    void tlsPreSharedKey(QtTls *tls, QSslPreSharedKeyAuthenticator *authenticator) override;
    void tlsInterrupted(QtTls *tls, const QSslError &error) override;
    void tlsProxyAuthentication(QtTls *tls, const QNetworkProxy &proxy,
                                QAuthenticator *authenticator) override;

    std::optional<QSslConfiguration> m_sslConfiguration; ///< None for the default.
    TlsHandle m_tls;
    QtTlsListener *m_listener = nullptr; ///< Accepts instead of `server`, for Qt's TLS.
    std::vector<QtTls *> m_handshakes;
    /// Encrypted by Qt's TLS, whose requests have not come. Shared with their sockets.
    std::shared_ptr<std::vector<Secured>> m_secured;
    /// The engine has asked about their certificates; their requests have not come.
    std::vector<wirebird_connection_t> m_unasked;
#endif
    bool m_isPaused = false;

    wirebird_status_t start(const QByteArray &host, quint16 port, qint64 descriptor,
                            ServerHandle *started);
    bool refuseToListen();
    QUrl localUrl() const;
    void setError(WebSocketProtocol::CloseCode code, const QString &text);

    /// A request that slots of originAuthenticationRequired() decide about.
    struct Asked;

    void decide(const wirebird_event_t &event);
    // websocketserverhttp.cpp
    void serveHttp(const wirebird_event_t &event);
    /// What a client that may not connect is told; nothing if it may.
    std::optional<HttpResponse> refusal(wirebird_connection_t connection);
    void refuse(wirebird_connection_t connection, const HttpResponse &response);
    void settle(Asked &asked);
    void forget(const Asked *asked);
    void forgetAsked();
    void accept(ConnectionHandle &connection, const QNetworkRequest &request);
    void handshakeFailed(const wirebird_event_t &event);
    void arrive();
    void remember(const Accepted &socket);
    void closePending();
    void abortFetched();

    const std::unique_ptr<WebSocketServerEmitter> m_emitter;
    QByteArray m_localPath; ///< Of a Unix domain socket, else empty.
    quint32 m_localMode = 0;
    ServerHandle m_attached; ///< Of devices given to handleConnection().
    QQueue<Accepted> m_pending;
    std::vector<std::shared_ptr<Asked>> m_asked; ///< Several in nested event loops.
    /// Those that lose their connection with the server (Manner::QtWebSockets).
    std::vector<Accepted> m_fetched;
    std::size_t m_fetchedAlive = 0; ///< Of m_fetched, when last counted.
};

} // namespace Wirebird
