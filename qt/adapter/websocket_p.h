// What a WebSocket knows and does, whatever the class of its public object: its
// state, and the way from the engine's events to signals.
//
// Everything runs on the object's thread but the wants, which follow
// connections of signals that any thread may make. Whatever emits is a step of
// m_steps, so the slots may delete, move, close or open the object.
#pragma once

#include "connectionoptions.h"
#include "cookies.h"
#include "dialing.h"
#include "eventsink.h"
#include "handle.h"
#include "manner.h"
#include "masks.h"
#include "openrequest.h"
#include "proxies.h"
#include "reconnecting.h"
#include "qttls.h"
#include "steps.h"
#include "tcpoptions.h"
#include "tlsstate.h"
#include "websocketemitter.h"

#include <wirebird/handshakeoptions.h>
#include <wirebird/websocketprotocol.h>

#include <QtCore/qurl.h>
#include <QtNetwork/qauthenticator.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtNetwork/qsslconfiguration.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace Wirebird {

/// Exported for the replacement of Qt WebSockets alone.
class WIREBIRD_QT_EXPORT WebSocketPrivate final : public EventSink, public QtTlsOwner
{
public:
    /// For a public object of class `Socket`.
    template <typename Socket>
    static std::unique_ptr<WebSocketPrivate> make(Socket *q, Manner manner, const QString &origin,
                                                  int version)
    {
        return std::make_unique<WebSocketPrivate>(
            q, std::make_unique<WebSocketEmitterOf<Socket>>(q), manner, origin, version);
    }

    WebSocketPrivate(QObject *q, std::unique_ptr<WebSocketEmitter> emitter, Manner manner,
                     const QString &origin, int version);
    ~WebSocketPrivate() override;

    // websocketopening.cpp: from open() or the server's accept to Connected.
    void open(const QNetworkRequest &request, const WebSocketHandshakeOptions &options);
    bool accept(ConnectionHandle &connection, wirebird_accept_options_t *options);
    void hold();
    void unhold();

    // websocketclosing.cpp: from close(), abort(), the peer or an accident to
    // Unconnected.
    void close(int code, const QString &reason);
    void abort();
    void destroy();

    // websocketreconnecting.cpp: from Unconnected back to opening.
    void setReconnect(const WebSocketReconnect &options);
    bool isReconnecting() const;
    void reconnectNow();

    // websocketevents.cpp: events, threads, wants.
    void handle(const wirebird_event_t &event) override;
    void leaveThread();
    void signalConnected(const QMetaMethod &signal);
    void signalDisconnected(const QMetaMethod &signal);
    bool isStreaming() const;
    void setStreaming(bool streaming);

#ifndef QT_NO_SSL
    // websocketsecuring.cpp: TLS, the engine's and Qt's.
    void setSslConfiguration(const QSslConfiguration &configuration);
    QSslConfiguration sslConfiguration() const;
    void ignoreSslErrors();
    void ignoreSslErrors(const QList<QSslError> &errors);
    void continueInterruptedHandshake();
    void resume();
    TlsState tls;
#endif

    // websocketsending.cpp
    qint64 sendText(const QString &message);
    qint64 sendBinary(const QByteArray &data);
    qint64 sendTextFrame(const QString &frame, bool isLastFrame);
    qint64 sendBinaryFrame(const QByteArray &frame, bool isLastFrame);
    void ping(const QByteArray &payload);
    bool flush();
    qint64 bytesToWrite() const;

    // websocketsettings.cpp
    void setMaxFrameSize(quint64 size);
    void setMaxMessageSize(quint64 size);
    void setOutgoingFrameSize(quint64 size);
    void setLimits(const WebSocketLimits &newLimits);
    void setHeartbeat(const WebSocketHeartbeat &newHeartbeat);
    wirebird_connection_options_t connectionOptions(Role role);
    bool isValid() const;
    QString shownErrorString() const;
    QHostAddress localAddress() const;
    quint16 localPort() const;
    QHostAddress peerAddress() const;
    quint16 peerPort() const;
    /// A figure of the connection, WIREBIRD_OPTION_…; 0 without one.
    quint64 figure(quint32 option) const;

    QObject *const q;
    const Manner manner;
    ConnectionHandle connection;
    Steps steps;

    QAbstractSocket::SocketState state = QAbstractSocket::UnconnectedState;
    QAbstractSocket::SocketError error = QAbstractSocket::UnknownSocketError;
    QString errorString;
    WebSocketProtocol::CloseCode closeCode = WebSocketProtocol::CloseCodeNormal;
    QString closeReason;

    QString origin;
    const int version;
    QNetworkRequest request;
    WebSocketHandshakeOptions handshakeOptions;
    QString resourceName;
    QString peerName;
    QString subprotocol;
    QString extensions;
    int responseStatus = 0;
    QList<QPair<QByteArray, QByteArray>> responseHeaders;
    QByteArray responseBody;
    QUrl responseUrl;

    QAbstractSocket::PauseModes pauseMode = QAbstractSocket::PauseNever;
    qint64 readBufferSize = 0;
    WebSocketLimits limits;
    WebSocketCompression compression;
    WebSocketHeartbeat heartbeat;
    Reconnecting reconnecting{q, [this] { now([this] { reopen(); }); }};
    quint64 outgoingFrameSize = 512 * 1024;
    Masks masks;
    WebSocketTcpOptions tcpOptions;
    QNetworkRequest::RedirectPolicy redirectPolicy = QNetworkRequest::ManualRedirectPolicy;
    quint32 httpVersion = WIREBIRD_HTTP_1_1;
    Cookies cookies;
#ifndef QT_NO_NETWORKPROXY
    QNetworkProxy proxy{QNetworkProxy::DefaultProxy};
    QNetworkProxy proxyInUse{QNetworkProxy::NoProxy};
#endif

private:
    /// How a connection ended.
    struct End
    {
        wirebird_status_t status;
        quint16 closeCode;
        quint64 value;
        QString reason;
        QString message;
    };

    /// Who began to close.
    enum class ClosedBy { Nobody, Us, Peer, Failure };

#ifndef QT_NO_SSL
    enum class TlsBy { Engine, Qt };

    QSslConfiguration wantedSslConfiguration() const;
    std::optional<OpenError> prepareTls(wirebird_client_options_t *options, TlsBy *by);
    wirebird_status_t openByQt(wirebird_queue_t queue, const QUrl &url,
                               const wirebird_client_options_t &options,
                               wirebird_connection_t *opened);
    void forgetTls();
    void leaveTls();
    void tlsErrorsFound();
    void insertAsking(const QList<QSslError> &errors);
    void decideAboutPeer();
    bool areErrorsIgnored() const;
    void acceptPeer();
    void refusePeer();
    void insertAlert(const TlsAlert &alert, int level, const QString &description);
    QString tlsFailureText(const QString &otherwise) const;

    void tlsPeerVerifyError(QtTls *qt, const QSslError &error) override;
    void tlsErrors(QtTls *qt, const QList<QSslError> &errors) override;
    void tlsEncrypted(QtTls *qt) override;
    void tlsFailed(QtTls *qt, QAbstractSocket::SocketError kind, const QString &text) override;
    void tlsAlert(QtTls *qt, const TlsAlert &alert, int level, const QString &description) override;
    void tlsPreSharedKey(QtTls *qt, QSslPreSharedKeyAuthenticator *authenticator) override;
    void tlsInterrupted(QtTls *qt, const QSslError &error) override;
    void tlsProxyAuthentication(QtTls *qt, const QNetworkProxy &asking,
                                QAuthenticator *authenticator) override;

    /// Of a connection whose TCP is Qt's.
    wirebird_address_t m_carriedLocal{};
    wirebird_address_t m_carriedPeer{};
#endif

    Steps::Step changeState(QAbstractSocket::SocketState state);
    Steps::Step announceClosing();
    template <void (WebSocketEmitter::*Signal)()>
    Steps::Step emitSignal()
    {
        return [this] { (m_emitter.get()->*Signal)(); };
    }
    void insertError(QAbstractSocket::SocketError error, const QString &text);
    void insertEnd(std::initializer_list<Steps::Step> before);
    void insertChanged();

    bool doOpen(const QNetworkRequest &request, const WebSocketHandshakeOptions &options);
    void doClose(quint16 code, const QByteArray &reason);
    void doAbort();
    void sendClose(quint16 code, const QByteArray &reason);
    void leave();
    void releaseConnection();
    std::optional<OpenError> findTlsError(const QUrl &url);
    std::optional<OpenError> connectTo(const QNetworkRequest &to,
                                       const WebSocketHandshakeOptions &options);
    void opened();
    void readExtensions();
    QList<QPair<QByteArray, QByteArray>> readHeaders() const;
    void closing(ClosedBy by, quint16 code, const QString &reason);
    void closed(const End &end);
    void readRefusal(const End &end);
    void failedToOpen(const End &end);
    void stopReconnecting();
    bool isWorthReconnecting(const End &end) const;
    void insertReconnect(const End &end);
    void awaitReconnect(std::chrono::milliseconds asked);
    void reopen();
    void refused(QAbstractSocket::SocketError kind, const QString &text);

    // websocketdialing.cpp: proxies and redirects.
    bool needsLookup(const QUrl &url);
#ifndef QT_NO_NETWORKPROXY
    void proxyFound(const QList<QNetworkProxy> &found);
#endif
    void readResponses(const End *end);

    // websocketauthentication.cpp
    void knowCredentials();
    void askForCredentials(const wirebird_event_t &event);
    bool isChallenged() const;

    bool isFrameToo(const wirebird_event_t &event) const;
    void textMessage(const wirebird_event_t &event);
    void binaryMessage(const wirebird_event_t &event);
    void emitPong(const wirebird_event_t &event);
    void now(Steps::Step step);
    void arrive();
    void shrinkWants();
    void set(quint32 option, quint64 value);
    qint64 sendFrame(quint32 payload, const void *data, qsizetype length, bool isLastFrame);
    void addresses(wirebird_address_t *local, wirebird_address_t *peer) const;

    const std::unique_ptr<WebSocketEmitter> m_emitter;
    /// What signals have told.
    struct Told
    {
        quint64 bytesWritten = 0;
        QUrl requestUrl;
        QString subprotocol;
        QString extensions;
        QString errorString;
        WebSocketProtocol::CloseCode closeCode = WebSocketProtocol::CloseCodeNormal;
        QString closeReason;
        quint64 roundTrip = 0;
        int reconnectAttempt = 0;
    } m_told;
    /// What was told last in this opening handshake.
    struct Credentials
    {
        QString user;
        QString password;
    };
    Credentials m_serverCredentials;
    Credentials m_proxyCredentials;
#ifndef QT_NO_NETWORKPROXY
    ProxyLookup m_lookup{q, [this](const QList<QNetworkProxy> &found) {
                             now([this, found] { proxyFound(found); });
                         }};
#endif
    ClosedBy m_closedBy = ClosedBy::Nobody;
    bool m_saidAboutToClose = false;
    bool m_isBeingDestroyed = false;
    /// The server keeps it until the application fetches it.
    bool m_isHeld = false;

    std::mutex m_wantsMutex;
#ifndef QT_NO_SSL
    static constexpr quint32 wantedAlways = WIREBIRD_WANT_TLS_ERRORS;
#else
    static constexpr quint32 wantedAlways = 0;
#endif
    std::atomic<quint32> m_wants{wantedAlways};
    std::atomic<bool> m_wantsMayShrink{false};
};

} // namespace Wirebird
