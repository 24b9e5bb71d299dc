// The signals of a server's public object, whatever its class, and the sockets
// that go with it.
#pragma once

#include "websocket_p.h"

#include <QtCore/qobject.h>
#include <QtNetwork/qabstractsocket.h>

#include <type_traits>

namespace Wirebird {

class HttpResponder;
class WebSocketServer;

class WebSocketServerEmitter : public virtual TlsEmitter
{
public:
    ~WebSocketServerEmitter() override = default;

    virtual void acceptError(QAbstractSocket::SocketError error) = 0;
    virtual void serverError(int closeCode) = 0;
    /// Emits originAuthenticationRequired(), whose slots find `allowed` and may
    /// change it. Returns their answer, also if the server is gone meanwhile.
    virtual bool originAuthenticationRequired(const QString &origin, bool allowed) = 0;
    virtual void newConnection() = 0;
    /// Of servers that have such a signal.
    virtual void httpRequested(HttpResponder *responder) = 0;
    virtual void closed() = 0;

#ifndef QT_NO_SSL
    virtual void sslErrorsOccurred(QSslSocket *socket, const QList<QSslError> &errors) = 0;
#endif

    /// A socket of the class that belongs to the server's.
    virtual WebSocketPrivate *makeSocket(const QString &origin) = 0;
};

/// For a server of class `Server` whose slots get an `Authenticator`; `Server` and
/// `Socket` name this class as a friend.
template <typename Server, typename Socket, typename Authenticator, typename CloseCode>
class WebSocketServerEmitterOf final : public WebSocketServerEmitter, public TlsEmitterOf<Server>
{
public:
    explicit WebSocketServerEmitterOf(Server *server) : TlsEmitterOf<Server>(server), q(server) {}

    void acceptError(QAbstractSocket::SocketError error) override { Q_EMIT q->acceptError(error); }
    void serverError(int closeCode) override { Q_EMIT q->serverError(CloseCode(closeCode)); }
    bool originAuthenticationRequired(const QString &origin, bool allowed) override
    {
        Authenticator authenticator(origin);
        authenticator.setAllowed(allowed);
        Q_EMIT q->originAuthenticationRequired(&authenticator);
        return authenticator.allowed();
    }
    void newConnection() override { Q_EMIT q->newConnection(); }
    void httpRequested([[maybe_unused]] HttpResponder *responder) override
    {
        if constexpr (std::is_same_v<Server, WebSocketServer>)
            Q_EMIT q->httpRequested(responder);
    }
    void closed() override { Q_EMIT q->closed(); }

#ifndef QT_NO_SSL
    void sslErrorsOccurred(QSslSocket *socket, const QList<QSslError> &errors) override
    {
        Q_EMIT q->sslErrorsOccurred(socket, errors);
    }
#endif

    WebSocketPrivate *makeSocket(const QString &origin) override
    {
        return (new Socket(origin))->d.get();
    }

private:
    Server *const q;
};

} // namespace Wirebird
