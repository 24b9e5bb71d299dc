// A WebSocket's TLS: which one is taken, what it is set to, and who decides about
// errors in the peer's certificates.
#include "websocket_p.h"

#include "carrier.h"
#include "convert.h"

#ifndef QT_NO_SSL
#  include "qttls.h"

#  include <QtNetwork/qsslsocket.h>

namespace Wirebird {

namespace {

/// Time in which a slot answers, which the opening handshake does not count.
class Pause
{
public:
    explicit Pause(wirebird_connection_t connection) : m_connection(connection)
    {
        wirebird_connection_pause_handshake(m_connection);
    }
    ~Pause() { wirebird_connection_resume_handshake(m_connection); }
    Q_DISABLE_COPY(Pause)

private:
    wirebird_connection_t m_connection;
};

} // namespace

void WebSocketPrivate::setSslConfiguration(const QSslConfiguration &configuration)
{
    tls.configuration = configuration;
    tls.negotiated.reset();
}

QSslConfiguration WebSocketPrivate::sslConfiguration() const
{
    if (tls.qt) {
        if (const auto configuration = tls.qt->configuration())
            return *configuration;
    }
    return tls.negotiated ? *tls.negotiated : wantedSslConfiguration();
}

QSslConfiguration WebSocketPrivate::wantedSslConfiguration() const
{
    return tls.configuration ? *tls.configuration : QSslConfiguration::defaultConfiguration();
}

void WebSocketPrivate::ignoreSslErrors()
{
    const bool isForNow = manner == Manner::Wirebird && (tls.isAsking || tls.isPaused);
    (isForNow ? tls.ignoredNow : tls.ignored).addAll();
}

void WebSocketPrivate::ignoreSslErrors(const QList<QSslError> &errors)
{
    const bool isForNow = manner == Manner::Wirebird && (tls.isAsking || tls.isPaused);
    (isForNow ? tls.ignoredNow : tls.ignored).set(errors);
}

void WebSocketPrivate::continueInterruptedHandshake()
{
    tls.isContinued = true;
    if (tls.qt)
        tls.qt->continueInterruptedHandshake();
}

void WebSocketPrivate::resume()
{
    if (!std::exchange(tls.isPaused, false))
        return;
    if (areErrorsIgnored())
        acceptPeer();
    else
        refusePeer();
}

/// Makes the engine's TLS ready, or says that it has to be Qt's.
std::optional<OpenError> WebSocketPrivate::prepareTls(wirebird_client_options_t *options,
                                                      TlsBy *by)
{
    const QSslConfiguration configuration = wantedSslConfiguration();
    const QString needs = whatNeedsQt(configuration);
    const bool isOwn = tls.options != WebSocketTls();
    bool asksForQt = false;
    switch (tlsWishOf(q)) {
    case TlsWish::Engine:
        break;
    case TlsWish::Qt:
        asksForQt = true;
        break;
    case TlsWish::Any:
        asksForQt = !needs.isEmpty() || prefersQt(configuration) || m_emitter->hasPreSharedKey()
            || (manner == Manner::QtWebSockets
                && (tls.configuration || m_emitter->isTlsFollowed()));
    }
    *by = TlsBy::Qt;
    if (asksForQt && !isOwn && QSslSocket::supportsSsl())
        return std::nullopt;
    *by = TlsBy::Engine;
    const auto refusal = [](const QString &text) {
        return OpenError{QAbstractSocket::SslInvalidUserDataError, text};
    };
    if (!needs.isEmpty())
        return refusal(QStringLiteral("%1, which needs Qt's TLS; here the engine's is used%2.")
                           .arg(needs, isOwn ? QStringLiteral(" for setTls()") : QString()));
    if (!tls.engine || tls.engineConfiguration != configuration
        || tls.engineOptions != tls.options) {
        const QString failure =
            makeTls(Role::Client, configuration, tls.options, true, &tls.engine);
        if (!failure.isEmpty()) {
            // A kind of key that the engine has not.
            if (!isOwn && tlsWishOf(q) == TlsWish::Any && QSslSocket::supportsSsl()) {
                *by = TlsBy::Qt;
                return std::nullopt;
            }
            return refusal(failure);
        }
        tls.engineConfiguration = configuration;
        tls.engineOptions = tls.options;
    }
    options->tls = tls.engine.get();
    return std::nullopt;
}

/// Connects and encrypts by a QSslSocket; the engine has the rest.
wirebird_status_t WebSocketPrivate::openByQt(wirebird_queue_t queue, const QUrl &url,
                                             const wirebird_client_options_t &options,
                                             wirebird_connection_t *opened)
{
    auto *const qt = new QtTls(this, q, q);
    Carrier *carrier = nullptr;
    const wirebird_status_t status =
        Carrier::open(queue, options, qt->socket(), opened, &carrier);
    if (status != WIREBIRD_OK) {
        delete qt;
        return status;
    }
    qt->setCarrier(carrier);
    leaveTls();
    tls.qt = qt;
    QSslSocket *const socket = qt->socket();
    socket->setSslConfiguration(wantedSslConfiguration());
#  ifndef QT_NO_NETWORKPROXY
    socket->setProxy(proxy);
#  endif
    socket->connectToHostEncrypted(url.host(), quint16(url.port(443)));
    return status;
}

/// Nothing is known of the next handshake.
void WebSocketPrivate::forgetTls()
{
    tls.facts = TlsFacts();
    tls.errors.clear();
    tls.negotiated.reset();
    tls.ignoredNow.clear();
    tls.isAsking = false;
    tls.isPaused = false;
}

/// The connection is not this object's any more.
void WebSocketPrivate::leaveTls()
{
    tls.isAsking = false;
    tls.isPaused = false;
    if (!tls.qt)
        return;
    if (const auto configuration = tls.qt->configuration())
        tls.negotiated = configuration;
    tls.qt->leave();
    tls.qt = nullptr;
}

/// The engine's handshake waits for a verdict.
void WebSocketPrivate::tlsErrorsFound()
{
    tls.facts = TlsFacts::of(connection.get());
    QList<QSslError> errors = tlsErrorsOf(connection.get());
    const QSslConfiguration configuration = wantedSslConfiguration();
    if (configuration.peerVerifyMode() == QSslSocket::VerifyNone) {
        acceptPeer();
        return;
    }
    insertAsking(errors);
    for (auto error = errors.crbegin(); error != errors.crend(); ++error) {
        steps.insert({[this, error = *error] {
            if (tls.isAsking)
                m_emitter->peerVerifyError(error);
        }});
#  if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
        if (!configuration.handshakeMustInterruptOnError())
            continue;
        steps.insert({[this, error = *error] {
                          tls.isContinued = false;
                          if (tls.isAsking)
                              m_emitter->handshakeInterruptedOnError(error);
                      },
                      [this] {
                          if (!tls.isContinued && std::exchange(tls.isAsking, false))
                              refusePeer();
                      }});
#  endif
    }
}

/// sslErrors(), and what its slots decide.
void WebSocketPrivate::insertAsking(const QList<QSslError> &errors)
{
    tls.errors = errors;
    tls.ignoredNow.clear();
    tls.isAsking = true;
    if (tls.qt)
        wirebird_connection_pause_handshake(connection.get());
    steps.insert({[this, errors] {
                      if (tls.isAsking)
                          m_emitter->sslErrors(errors);
                  },
                  [this] { decideAboutPeer(); }});
}

void WebSocketPrivate::decideAboutPeer()
{
    if (!std::exchange(tls.isAsking, false))
        return; // a slot has closed
    if (!enforcesTls(Role::Client, wantedSslConfiguration().peerVerifyMode())
        || areErrorsIgnored())
        acceptPeer();
    else if (pauseMode & QAbstractSocket::PauseOnSslErrors)
        tls.isPaused = true;
    else
        refusePeer();
}

bool WebSocketPrivate::areErrorsIgnored() const
{
    return tls.ignored.covers(tls.errors) || tls.ignoredNow.covers(tls.errors);
}

void WebSocketPrivate::acceptPeer()
{
    wirebird_connection_resume_handshake(connection.get());
    if (tls.qt)
        tls.qt->accept();
    else
        wirebird_connection_tls_continue(connection.get(), WIREBIRD_TLS_ACCEPT);
}

/// The error follows when the peer has been told.
void WebSocketPrivate::refusePeer()
{
    wirebird_connection_resume_handshake(connection.get());
    if (tls.qt)
        tls.qt->refuse();
    else
        wirebird_connection_tls_continue(connection.get(), WIREBIRD_TLS_REFUSE);
}

void WebSocketPrivate::insertAlert(const TlsAlert &alert, int level, const QString &description)
{
    if (alert.direction == TlsAlert::None)
        return;
    steps.insert({[this, alert, level, description] {
        if (alert.direction == TlsAlert::Sent)
            m_emitter->alertSent(level, alert.type, description);
        else
            m_emitter->alertReceived(level, alert.type, description);
    }});
}

QString WebSocketPrivate::tlsFailureText(const QString &otherwise) const
{
    return tls.errors.isEmpty() ? otherwise : certificateErrorText(tls.errors.first());
}

void WebSocketPrivate::tlsPeerVerifyError(QtTls *qt, const QSslError &error)
{
    if (qt == tls.qt)
        now([this, error] { m_emitter->peerVerifyError(error); });
}

void WebSocketPrivate::tlsErrors(QtTls *qt, const QList<QSslError> &errors)
{
    if (qt == tls.qt)
        now([this, errors] { insertAsking(errors); });
}

void WebSocketPrivate::tlsEncrypted(QtTls *qt)
{
    if (qt != tls.qt || !qt->socket() || !qt->carrier())
        return;
    const QSslSocket *const socket = qt->socket();
    m_carriedLocal = toAddress(socket->localAddress(), socket->localPort());
    m_carriedPeer = toAddress(socket->peerAddress(), socket->peerPort());
    if (const auto configuration = qt->configuration())
        tls.facts = TlsFacts::of(*configuration);
    qt->carrier()->start();
}

void WebSocketPrivate::tlsFailed(QtTls *qt, QAbstractSocket::SocketError kind, const QString &text)
{
    // What ends an open connection is told by the engine.
    if (qt != tls.qt || state != QAbstractSocket::ConnectingState || !qt->carrier()
        || !qt->carrier()->isWaiting())
        return;
    now([this, kind, text] {
        releaseConnection();
        End end{WIREBIRD_ERROR_NETWORK, 0, 0, QString(), text};
        switch (kind) {
        case QAbstractSocket::HostNotFoundError:
            end.status = WIREBIRD_ERROR_HOST_NOT_FOUND;
            break;
        case QAbstractSocket::ConnectionRefusedError:
            end.status = WIREBIRD_ERROR_CONNECTION_REFUSED;
            break;
        case QAbstractSocket::SocketTimeoutError:
            end.status = WIREBIRD_ERROR_TIMEOUT;
            break;
        case QAbstractSocket::RemoteHostClosedError:
            end.status = WIREBIRD_ERROR_CONNECTION_LOST;
            break;
        case QAbstractSocket::NetworkError:
            break;
        case QAbstractSocket::SslHandshakeFailedError:
            end.status = WIREBIRD_ERROR_TLS;
            break;
        default:
            error = kind;
            reconnecting.stop();
            refused(kind, text);
            return;
        }
        insertReconnect(end);
        failedToOpen(end);
    });
}

void WebSocketPrivate::tlsAlert(QtTls *qt, const TlsAlert &alert, int level,
                                const QString &description)
{
    if (qt == tls.qt)
        now([this, alert, level, description] { insertAlert(alert, level, description); });
}

void WebSocketPrivate::tlsPreSharedKey(QtTls *qt, QSslPreSharedKeyAuthenticator *authenticator)
{
    if (qt == tls.qt) {
        const Pause pause(connection.get());
        m_emitter->preSharedKeyAuthenticationRequired(authenticator);
    }
}

void WebSocketPrivate::tlsInterrupted(QtTls *qt, const QSslError &error)
{
    if (qt == tls.qt) {
        const Pause pause(connection.get());
        m_emitter->handshakeInterruptedOnError(error);
    }
}

void WebSocketPrivate::tlsProxyAuthentication(QtTls *qt, const QNetworkProxy &asking,
                                              QAuthenticator *authenticator)
{
    if (qt == tls.qt) {
        const Pause pause(connection.get());
        m_emitter->proxyAuthenticationRequired(asking, authenticator);
    }
}

} // namespace Wirebird
#endif
