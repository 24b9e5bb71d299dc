// Qt's own TLS: a QSslSocket from its beginning until it is encrypted, for what the
// engine's can't do.
#pragma once

#include <QtNetwork/qabstractsocket.h>

#ifndef QT_NO_SSL
#  include "carrier.h"
#  include "tlserrors.h"

#  include <QtCore/qobject.h>
#  include <QtCore/qpointer.h>
#  include <QtNetwork/qnetworkproxy.h>
#  include <QtNetwork/qsslconfiguration.h>
#  include <QtNetwork/qsslerror.h>
#  include <QtNetwork/qsslsocket.h>

#  include <mutex>
#  include <optional>

QT_BEGIN_NAMESPACE
class QAuthenticator;
class QSslPreSharedKeyAuthenticator;
QT_END_NAMESPACE

namespace Wirebird {

class QtTls;

/// Whoever has a QtTls. The functions come in the thread of QtTls, which is that of
/// its parent.
class QtTlsOwner
{
public:
    virtual ~QtTlsOwner() = default;

    // From the event loop: the object may be destroyed or moved in these.
    virtual void tlsPeerVerifyError(QtTls *tls, const QSslError &error) = 0;
    /// The handshake waits for accept() or refuse(), if errors end it.
    virtual void tlsErrors(QtTls *tls, const QList<QSslError> &errors) = 0;
    virtual void tlsEncrypted(QtTls *tls) = 0;
    virtual void tlsFailed(QtTls *tls, QAbstractSocket::SocketError error, const QString &text) = 0;
    virtual void tlsAlert(QtTls *tls, const TlsAlert &alert, int level,
                          const QString &description) = 0;

    // From inside the QSslSocket, which needs the answer.
    virtual void tlsPreSharedKey(QtTls *tls, QSslPreSharedKeyAuthenticator *authenticator) = 0;
    virtual void tlsInterrupted(QtTls *tls, const QSslError &error) = 0;
    virtual void tlsProxyAuthentication(QtTls *tls, const QNetworkProxy &proxy,
                                        QAuthenticator *authenticator) = 0;
};

/// Owns the QSslSocket and moves along with its parent. Its signals are told from the
/// event loop, so that no slot of the application runs inside the QSslSocket but
/// where Qt has no other way. A handshake with errors waits: QSslSocket pauses.
class QtTls final : public QObject
{
public:
    /// `ownerObject` tells the owner's thread.
    QtTls(QtTlsOwner *owner, QObject *ownerObject, QObject *parent);
    ~QtTls() override;

    /// Null once it is gone.
    QSslSocket *socket() const { return m_socket; }
    /// None once the socket is gone, or before it has followed its owner to this thread.
    std::optional<QSslConfiguration> configuration() const;

    /// Errors of the peer's certificates are accepted, or not.
    void accept();
    void refuse();
    void continueInterruptedHandshake();

    /// A client's carrier, which is this object's until leave().
    void setCarrier(Carrier *carrier);
    Carrier *carrier() const { return m_carrier; }

    /// Gives the encrypted socket away.
    QSslSocket *release();

    /// The owner moves to another thread, and this object with it as soon as it can.
    void ownerMoves();
    /// The owner goes: what is carried is carried on, what is not ends. By any thread.
    void leave();

private:
    template <typename Function>
    void later(Function function);
    template <typename Function>
    void inside(Function function);
    enum class Owner { Here, Elsewhere, Gone };
    Owner owner();
    void follow();

    /// Guards what is below while the owner is in another thread.
    std::mutex m_mutex;
    QtTlsOwner *m_owner;
    QObject *m_ownerObject;
    QPointer<QSslSocket> m_socket;
    QPointer<Carrier> m_carrier;
    int m_inside = 0; ///< Slots that run inside the QSslSocket.
    bool m_hasLeft = false; ///< Ends behind the slots that run.
};

} // namespace Wirebird
#else
namespace Wirebird {
class QtTlsOwner
{
};
} // namespace Wirebird
#endif
