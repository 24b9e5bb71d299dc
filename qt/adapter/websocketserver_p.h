// What a WebSocketServer knows and does, whatever the class of its public object.
// Everything runs on the object's thread.
#pragma once

#include "eventsink.h"
#include "handle.h"
#include "manner.h"
#include "serveroptions.h"
#include "steps.h"
#include "websocketserveremitter.h"

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
#include <vector>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace Wirebird {

/// Why a server can't listen.
QString listenError(wirebird_status_t status);

/// Exported for the replacement of Qt WebSockets alone.
class WIREBIRD_QT_EXPORT WebSocketServerPrivate final : public EventSink
{
public:
    enum class Transport { Plain, Tls };

    WebSocketServerPrivate(QObject *q, std::unique_ptr<WebSocketServerEmitter> emitter,
                           Manner manner, const QString &name, Transport transport);
    ~WebSocketServerPrivate();

    bool listen(const QHostAddress &address, quint16 port);
    bool listenLocal(const QString &path, QFileDevice::Permissions permissions);
    bool adopt(qintptr descriptor);
    void close();
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
    WebSocketProtocol::CloseCode error = WebSocketProtocol::CloseCodeNormal;
    QString errorString;
#ifndef QT_NO_NETWORKPROXY
    QNetworkProxy proxy{QNetworkProxy::DefaultProxy};
#endif
#ifndef QT_NO_SSL
    void setSslConfiguration(const QSslConfiguration &configuration);
    QSslConfiguration sslConfiguration() const;
#endif

private:
    /// A socket that this server made; `object` is null once deleted.
    struct Accepted
    {
        QPointer<QObject> object;
        WebSocketPrivate *d;
    };

    wirebird_status_t start(const QByteArray &host, quint16 port, qint64 descriptor,
                            ServerHandle *started);
    bool refuseToListen();
    QUrl localUrl() const;
    void setError(WebSocketProtocol::CloseCode code, const QString &text);

    /// A request that slots of originAuthenticationRequired() decide about.
    struct Asked;

    void decide(const wirebird_event_t &event);
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
#ifndef QT_NO_SSL
    QSslConfiguration m_sslConfiguration = QSslConfiguration::defaultConfiguration();
#endif
};

} // namespace Wirebird
