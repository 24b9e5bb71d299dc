// A server's TLS: which one is taken, and what it tells of its clients.
#include "websocketserver_p.h"

#include "carrier.h"
#include "convert.h"
#include "pump.h"

#ifndef QT_NO_SSL
#  include "qttls.h"
#  include "qttlslistener.h"

#  include <QtCore/qmetaobject.h>
#  include <QtCore/qthread.h>
#  include <QtCore/qtimer.h>
#  include <QtNetwork/qsslkey.h>
#  include <QtNetwork/qsslsocket.h>

#  include <algorithm>
#  include <cstring>
#  include <utility>
#  ifdef Q_OS_UNIX
#    include <unistd.h>
#  endif

namespace Wirebird {
namespace {

bool isSame(const wirebird_address_t &a, const wirebird_address_t &b)
{
    return a.family == b.family && a.port == b.port
        && std::memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

} // namespace

/// Of what the engine does not encrypt.
struct WebSocketServerPrivate::Secured
{
    wirebird_address_t local;
    wirebird_address_t peer;
    QSslConfiguration configuration;
};

void WebSocketServerPrivate::setSslConfiguration(const QSslConfiguration &configuration)
{
    if (transport != Transport::Tls)
        return;
    m_sslConfiguration = configuration;
    renewTls();
}

void WebSocketServerPrivate::setTls(const WebSocketTls &tls)
{
    tlsOptions = tls;
    if (transport == Transport::Tls)
        renewTls();
}

QSslConfiguration WebSocketServerPrivate::sslConfiguration() const
{
    return m_sslConfiguration ? *m_sslConfiguration : QSslConfiguration::defaultConfiguration();
}

/// Somebody may want to see more than the engine's TLS shows. By any thread.
void WebSocketServerPrivate::signalConnected()
{
    if (transport != Transport::Tls)
        return;
    if (QThread::currentThread() != q->thread()) {
        QMetaObject::invokeMethod(q, [this] { signalConnected(); }, Qt::QueuedConnection);
        return;
    }
    if (server && !m_listener && wantsQtTls() && QSslSocket::supportsSsl())
        passListening(TlsBy::Qt);
}

/// Handshakes that begin from now on are as it is set now.
void WebSocketServerPrivate::renewTls()
{
    if (!isListening() || transport != Transport::Tls)
        return;
    TlsBy by = TlsBy::Engine;
    TlsHandle tls;
    const QString failure = prepareTls(&tls, &by);
    if (!failure.isEmpty()) {
        setError(WebSocketProtocol::CloseCodeTlsHandshakeFailed, failure);
        return;
    }
    m_tls.reset(tls.take());
    if ((by == TlsBy::Qt) != bool(m_listener))
        passListening(by);
    else if (by == TlsBy::Engine)
        wirebird_server_set_tls(server.get(), m_tls.get());
}

/// As far as the program can be asked.
bool WebSocketServerPrivate::wantsQtTls() const
{
    const TlsWish wish = tlsWishOf(q);
    if (wish != TlsWish::Any)
        return wish == TlsWish::Qt;
    const QSslConfiguration configuration = sslConfiguration();
    if (m_emitter->hasPreSharedKey() || prefersQt(configuration)
        || !whatNeedsQt(configuration).isEmpty())
        return true;
    const auto mode = configuration.peerVerifyMode();
    return manner == Manner::QtWebSockets
        && (m_emitter->isTlsFollowed() || mode == QSslSocket::QueryPeer
            || mode == QSslSocket::VerifyPeer);
}

/// Makes the engine's TLS, or says that it has to be Qt's, or what is wrong.
QString WebSocketServerPrivate::prepareTls(TlsHandle *made, TlsBy *by)
{
    *by = TlsBy::Qt;
    const bool isOwn = tlsOptions != WebSocketTls();
    if (!isOwn && wantsQtTls() && QSslSocket::supportsSsl())
        return QString();
    *by = TlsBy::Engine;
    QSslConfiguration configuration = sslConfiguration();
    const QString needs = whatNeedsQt(configuration);
    if (!needs.isEmpty())
        return QStringLiteral("%1, which needs Qt's TLS; here the engine's is used.").arg(needs);
    if (access.isHttp2Enabled && configuration.allowedNextProtocols().isEmpty())
        configuration.setAllowedNextProtocols({QByteArrayLiteral("h2"), "http/1.1"});
    const QString failure = makeTls(Role::Server, configuration, tlsOptions,
                                    manner == Manner::Wirebird, made);
    if (failure.isEmpty())
        return failure;
    // A kind of key that the engine has not; and Qt listens without a certificate, too.
    const bool isComplete =
        !configuration.localCertificateChain().isEmpty() && !configuration.privateKey().isNull();
    if (!isOwn && tlsWishOf(q) == TlsWish::Any && (isComplete || manner == Manner::QtWebSockets)
        && QSslSocket::supportsSsl()) {
        *by = TlsBy::Qt;
        return QString();
    }
    return QStringLiteral("SecureMode: %1").arg(failure);
}

bool WebSocketServerPrivate::listenByQt(const QHostAddress &newAddress, quint16 port,
                                        qintptr descriptor)
{
    auto *const listener = new QtTlsListener(
        [this](qintptr accepted) { secure(accepted); },
        [this](QAbstractSocket::SocketError error) {
            steps.add([this, error] { m_emitter->acceptError(error); });
            steps.run();
        },
        q);
    const bool isListening = descriptor < 0 ? listener->listen(newAddress, port)
                                            : listener->setSocketDescriptor(descriptor);
    if (!isListening) {
        const QString text = listener->errorString();
        delete listener;
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, text);
        return false;
    }
    m_listener = listener;
    if (m_isPaused)
        listener->pauseAccepting();
    return true;
}

/// Accepting goes from the engine to Qt, or back; the listening socket stays. The
/// engine's server waits meanwhile: its end would be the socket's.
void WebSocketServerPrivate::passListening(TlsBy to)
{
#  ifdef Q_OS_UNIX
    if (to == TlsBy::Engine && server) {
        closeListener();
        wirebird_server_set_tls(server.get(), m_tls.get());
        if (!m_isPaused)
            wirebird_server_resume(server.get());
        return;
    }
    const int descriptor = ::dup(int(socketDescriptor()));
    if (descriptor < 0) {
        setError(WebSocketProtocol::CloseCodeTlsHandshakeFailed,
                 QStringLiteral("There is no descriptor for another kind of TLS."));
        return;
    }
    if (to == TlsBy::Qt) {
        wirebird_server_pause(server.get());
        if (!listenByQt(QHostAddress(), 0, descriptor))
            ::close(descriptor);
        return;
    }
    closeListener();
    if (start(QByteArray(), 0, descriptor, &server) != WIREBIRD_OK)
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, lastError());
    else if (m_isPaused)
        wirebird_server_pause(server.get());
#  else
    Q_UNUSED(to);
    setError(WebSocketProtocol::CloseCodeTlsHandshakeFailed,
             QStringLiteral("Another kind of TLS needs close() and listen()."));
#  endif
}

void WebSocketServerPrivate::closeListener()
{
    if (!m_listener)
        return;
    QtTlsListener *const listener = std::exchange(m_listener, nullptr);
    listener->close();
    listener->setParent(&Pump::current());
    listener->deleteLater();
    const std::vector<QtTls *> handshakes = std::move(m_handshakes);
    m_handshakes.clear();
    for (QtTls *const tls : handshakes)
        tls->leave();
}

/// A client of Qt's TLS has connected.
void WebSocketServerPrivate::secure(qintptr descriptor)
{
    auto *const tls = new QtTls(this, q, m_listener);
    m_handshakes.push_back(tls);
    if (m_handshakes.size() >= serverLimits.maxHandshakes())
        m_listener->pauseAccepting();
    QSslSocket *const socket = tls->socket();
    socket->setSslConfiguration(sslConfiguration());
    if (handshakeTimeout.count() >= 0) {
        auto *const timer = new QTimer(tls);
        timer->setSingleShot(true);
        QObject::connect(timer, &QTimer::timeout, tls, [this, tls] { endHandshake(tls); });
        timer->start(handshakeTimeout);
    }
    if (!socket->setSocketDescriptor(descriptor)) {
        endHandshake(tls);
        return;
    }
    socket->startServerEncryption();
}

/// Whatever has come of it.
void WebSocketServerPrivate::endHandshake(QtTls *tls)
{
    const auto found = std::find(m_handshakes.begin(), m_handshakes.end(), tls);
    if (found == m_handshakes.end())
        return;
    m_handshakes.erase(found);
    tls->leave();
    if (m_listener && !m_isPaused)
        m_listener->resumeAccepting();
}

bool WebSocketServerPrivate::isUnderWay(const QtTls *tls) const
{
    return std::find(m_handshakes.begin(), m_handshakes.end(), tls) != m_handshakes.end();
}

void WebSocketServerPrivate::tlsPeerVerifyError(QtTls *tls, const QSslError &error)
{
    if (!isUnderWay(tls))
        return;
    steps.add([this, error] { m_emitter->peerVerifyError(error); });
    steps.run();
}

void WebSocketServerPrivate::tlsErrors(QtTls *tls, const QList<QSslError> &errors)
{
    if (!isUnderWay(tls))
        return;
    auto *const timer = tls->findChild<QTimer *>();
    // What the slots take does not count.
    const int left = timer ? std::max(timer->remainingTime(), 1) : 0;
    if (timer)
        timer->stop();
    steps.add([this, errors] { m_emitter->sslErrors(errors); });
    steps.add([this, tls, errors] {
        if (isUnderWay(tls))
            m_emitter->sslErrorsOccurred(tls->socket(), errors);
    });
    // Unless a slot has called ignoreSslErrors() of the socket.
    steps.add([this, tls, timer, left] {
        if (!isUnderWay(tls))
            return;
        if (timer)
            timer->start(left);
        tls->refuse();
    });
    steps.run();
}

/// The engine begins with the opening handshake, in the time that is left for it.
void WebSocketServerPrivate::tlsEncrypted(QtTls *tls)
{
    QSslSocket *const socket = tls->socket();
    if (!isUnderWay(tls) || !socket)
        return;
    wirebird_status_t status = WIREBIRD_OK;
    if (!m_attached)
        status = start(QByteArray(), 0, WIREBIRD_NO_SOCKET, &m_attached);
    qint32 left = 0;
    if (const auto *const timer = tls->findChild<QTimer *>())
        left = std::max(timer->remainingTime(), 1);
    const Secured secured{toAddress(socket->localAddress(), socket->localPort()),
                          toAddress(socket->peerAddress(), socket->peerPort()),
                          socket->sslConfiguration()};
    if (status == WIREBIRD_OK) {
        if (!m_secured)
            m_secured = std::make_shared<std::vector<Secured>>();
        const std::weak_ptr<std::vector<Secured>> all = m_secured;
        QObject::connect(socket, &QObject::destroyed, socket, [all, secured] {
            if (const auto list = all.lock())
                take(*list, secured.local, secured.peer);
        });
        status = Carrier::attach(m_attached.get(), socket, left);
    }
    if (status == WIREBIRD_OK) {
        tls->release();
        m_secured->push_back(secured);
    }
    const QString failure = status == WIREBIRD_OK ? QString() : lastError();
    endHandshake(tls);
    if (status != WIREBIRD_OK) // a slot may delete the server
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, failure);
}

std::optional<QSslConfiguration> WebSocketServerPrivate::take(std::vector<Secured> &list,
                                                              const wirebird_address_t &local,
                                                              const wirebird_address_t &peer)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const Secured &secured) {
        return isSame(secured.local, local) && isSame(secured.peer, peer);
    });
    if (found == list.end())
        return std::nullopt;
    const QSslConfiguration configuration = found->configuration;
    list.erase(found);
    return configuration;
}

/// What Qt's TLS has negotiated for a connection.
void WebSocketServerPrivate::tellNegotiated(wirebird_connection_t connection,
                                            WebSocketPrivate *socket)
{
    if (!m_secured || m_secured->empty())
        return;
    wirebird_address_t local{};
    wirebird_address_t peer{};
    wirebird_connection_addresses(connection, &local, &peer);
    socket->tls.negotiated = take(*m_secured, local, peer);
    if (socket->tls.negotiated)
        socket->tls.facts = TlsFacts::of(*socket->tls.negotiated);
}

void WebSocketServerPrivate::tlsFailed(QtTls *tls, QAbstractSocket::SocketError,
                                       const QString &text)
{
    if (!isUnderWay(tls))
        return;
    endHandshake(tls);
    handshakeOfTlsFailed(TlsAlert(), text);
}

/// Qt WebSockets tells of alerts alone.
void WebSocketServerPrivate::handshakeOfTlsFailed(const TlsAlert &alert, const QString &text)
{
    if (alert.direction != TlsAlert::None)
        steps.add([this, alert] { tellAlert(alert, fatalAlert, alert.description()); });
    if (manner == Manner::Wirebird)
        steps.add([this, text] { setError(WebSocketProtocol::CloseCodeTlsHandshakeFailed, text); });
    steps.run();
}

void WebSocketServerPrivate::tellAlert(const TlsAlert &alert, int level,
                                       const QString &description)
{
    if (alert.direction == TlsAlert::Sent)
        m_emitter->alertSent(level, alert.type, description);
    else
        m_emitter->alertReceived(level, alert.type, description);
}

void WebSocketServerPrivate::tlsAlert(QtTls *, const TlsAlert &alert, int level,
                                      const QString &description)
{
    steps.add([this, alert, level, description] { tellAlert(alert, level, description); });
    steps.run();
}

void WebSocketServerPrivate::tlsPreSharedKey(QtTls *, QSslPreSharedKeyAuthenticator *authenticator)
{
    m_emitter->preSharedKeyAuthenticationRequired(authenticator);
}

void WebSocketServerPrivate::tlsInterrupted(QtTls *tls, const QSslError &error)
{
    // As Qt WebSockets: its server has no way to go on.
    Q_UNUSED(tls);
    m_emitter->handshakeInterruptedOnError(error);
}

void WebSocketServerPrivate::tlsProxyAuthentication(QtTls *, const QNetworkProxy &,
                                                    QAuthenticator *)
{
}

/// The engine asks about a client's certificate. The connection is this server's until
/// its request comes.
void WebSocketServerPrivate::tlsErrorsFound(wirebird_connection_t connection)
{
    m_unasked.push_back(connection);
    const QList<QSslError> errors = tlsErrorsOf(connection);
    for (const QSslError &error : errors)
        steps.add([this, error] { m_emitter->peerVerifyError(error); });
    steps.add([this, errors] { m_emitter->sslErrors(errors); });
    steps.add([this, errors] { m_emitter->sslErrorsOccurred(nullptr, errors); });
    steps.add([this, connection] {
        const bool isFatal =
            enforcesTls(Role::Server, sslConfiguration().peerVerifyMode());
        wirebird_connection_tls_continue(connection,
                                         isFatal ? WIREBIRD_TLS_REFUSE : WIREBIRD_TLS_ACCEPT);
    });
    steps.run();
}

bool WebSocketServerPrivate::takeUnasked(wirebird_connection_t connection)
{
    const auto isIt = [connection](wirebird_connection_t other) {
        return other.id == connection.id;
    };
    const auto found = std::find_if(m_unasked.begin(), m_unasked.end(), isIt);
    if (found == m_unasked.end())
        return false;
    m_unasked.erase(found);
    return true;
}

} // namespace Wirebird
#endif
