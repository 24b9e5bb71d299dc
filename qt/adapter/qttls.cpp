// Qt's own TLS: a QSslSocket from its beginning until it is encrypted.
#include "qttls.h"

#ifndef QT_NO_SSL
#  include "pump.h"

#  include <QtCore/qcoreapplication.h>
#  include <QtCore/qcoreevent.h>
#  include <QtCore/qmetaobject.h>
#  include <QtCore/qthread.h>
#  include <QtNetwork/qauthenticator.h>
#  include <QtNetwork/qsslpresharedkeyauthenticator.h>

namespace Wirebird {

QtTls::QtTls(QtTlsOwner *owner, QObject *ownerObject, QObject *parent)
    : QObject(parent),
      m_owner(owner),
      m_ownerObject(ownerObject),
      m_socket(new QSslSocket(this))
{
    QSslSocket *const socket = m_socket;
    socket->setPauseMode(QAbstractSocket::PauseOnSslErrors);
    // resume() goes on from the event loop, which crashes in Qt 6.4 if the handshake has
    // ended meanwhile.
    const auto ended = connect(socket, &QAbstractSocket::stateChanged, socket,
                               [socket](QAbstractSocket::SocketState state) {
                                   if (state == QAbstractSocket::UnconnectedState)
                                       QCoreApplication::removePostedEvents(socket,
                                                                            QEvent::MetaCall);
                               });
    connect(socket, &QSslSocket::encrypted, socket, [ended] { QObject::disconnect(ended); });
    connect(socket, &QSslSocket::peerVerifyError, this, [this](const QSslError &error) {
        later([this, error] { m_owner->tlsPeerVerifyError(this, error); });
    });
    connect(socket, QOverload<const QList<QSslError> &>::of(&QSslSocket::sslErrors), this,
            [this](const QList<QSslError> &errors) {
                later([this, errors] { m_owner->tlsErrors(this, errors); });
            });
    connect(socket, &QSslSocket::encrypted, this,
            [this] { later([this] { m_owner->tlsEncrypted(this); }); });
#  if QT_VERSION >= QT_VERSION_CHECK(5, 15, 0)
    constexpr auto failed = &QAbstractSocket::errorOccurred;
#  else
    constexpr auto failed = QOverload<QAbstractSocket::SocketError>::of(&QAbstractSocket::error);
#  endif
    connect(socket, failed, this, [this](QAbstractSocket::SocketError error) {
        // Now: what comes first may be of the end of TCP that followed.
        const QString text = m_socket->errorString();
        later([this, error, text] { m_owner->tlsFailed(this, error, text); });
    });
    connect(socket, &QSslSocket::preSharedKeyAuthenticationRequired, this,
            [this](QSslPreSharedKeyAuthenticator *authenticator) {
                inside([this, authenticator] { m_owner->tlsPreSharedKey(this, authenticator); });
            });
#  ifndef QT_NO_NETWORKPROXY
    connect(socket, &QAbstractSocket::proxyAuthenticationRequired, this,
            [this](const QNetworkProxy &proxy, QAuthenticator *authenticator) {
                inside([&] { m_owner->tlsProxyAuthentication(this, proxy, authenticator); });
            });
#  endif
#  if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    connect(socket, &QSslSocket::handshakeInterruptedOnError, this,
            [this](const QSslError &error) {
                inside([this, error] { m_owner->tlsInterrupted(this, error); });
            });
    const auto tell = [this](TlsAlert::Direction direction) {
        return [this, direction](QSsl::AlertLevel level, QSsl::AlertType type,
                                 const QString &description) {
            const TlsAlert alert{direction, int(type)};
            later([this, alert, level, description] {
                m_owner->tlsAlert(this, alert, int(level), description);
            });
        };
    };
    connect(socket, &QSslSocket::alertSent, this, tell(TlsAlert::Sent));
    connect(socket, &QSslSocket::alertReceived, this, tell(TlsAlert::Received));
#  endif
}

QtTls::~QtTls() = default;

std::optional<QSslConfiguration> QtTls::configuration() const
{
    if (!m_socket || QThread::currentThread() != thread())
        return std::nullopt;
    return m_socket->sslConfiguration();
}

/// A QSslSocket that does not wait takes no notice.
void QtTls::accept()
{
    if (!m_socket)
        return;
    m_socket->ignoreSslErrors();
    m_socket->resume();
}

void QtTls::refuse()
{
    if (m_socket)
        m_socket->resume();
}

void QtTls::continueInterruptedHandshake()
{
#  if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    if (m_socket && m_inside > 0)
        m_socket->continueInterruptedHandshake();
#  endif
}

void QtTls::setCarrier(Carrier *carrier)
{
    m_carrier = carrier;
    carrier->setParent(this);
}

QtTls::Owner QtTls::owner()
{
    const std::lock_guard lock(m_mutex);
    if (!m_owner)
        return Owner::Gone;
    return m_ownerObject->thread() == thread() ? Owner::Here : Owner::Elsewhere;
}

/// From the event loop, in the order of the calls.
template <typename Function>
void QtTls::later(Function function)
{
    QMetaObject::invokeMethod(
        this,
        [this, function] {
            switch (owner()) {
            case Owner::Here:
                function();
                break;
            case Owner::Elsewhere: // behind follow()
                later(function);
                break;
            case Owner::Gone:
                break;
            }
        },
        Qt::QueuedConnection);
}

/// A slot may have moved the owner meanwhile: nobody answers then. The end and a move
/// wait until the QSslSocket has come back, also while a slot runs an event loop.
template <typename Function>
void QtTls::inside(Function function)
{
    if (owner() != Owner::Here)
        return;
    {
        const std::lock_guard lock(m_mutex);
        ++m_inside;
    }
    function();
    const std::lock_guard lock(m_mutex);
    if (--m_inside > 0)
        return;
    if (m_hasLeft)
        deleteLater();
    else if (!parent())
        QMetaObject::invokeMethod(this, [this] { follow(); }, Qt::QueuedConnection);
}

QSslSocket *QtTls::release()
{
    QSslSocket *const socket = m_socket;
    m_socket = nullptr;
    if (socket)
        socket->disconnect(this);
    return socket;
}

/// Called in the old thread. In the middle of a QSslSocket's work it can't be moved; once
/// it was, it is no child of the owner's and follows again.
void QtTls::ownerMoves()
{
    if (m_inside > 0)
        setParent(nullptr);
    else if (!parent())
        QMetaObject::invokeMethod(this, [this] { follow(); }, Qt::QueuedConnection);
}

void QtTls::follow()
{
    const std::lock_guard lock(m_mutex);
    if (m_owner && m_inside == 0)
        moveToThread(m_ownerObject->thread());
}

void QtTls::leave()
{
    bool isInside = false;
    {
        const std::lock_guard lock(m_mutex);
        m_owner = nullptr;
        isInside = m_inside > 0;
        m_hasLeft = true;
        if (QThread::currentThread() != thread()) {
            if (!isInside)
                deleteLater();
            return;
        }
    }
    if (m_carrier && !m_carrier->isWaiting()) {
        m_carrier->setParent(&Pump::current()); // carries on what the engine still says
        m_carrier->carry();
    } else if (m_socket) {
        m_socket->disconnect(this);
        if (!isInside)
            m_socket->abort();
    }
    setParent(&Pump::current()); // ends with the thread, if there is no event loop any more
    if (!isInside)
        deleteLater();
}

} // namespace Wirebird
#endif
