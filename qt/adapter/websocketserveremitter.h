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

class WebSocketServerEmitter
{
public:
    virtual ~WebSocketServerEmitter() = default;

    virtual void acceptError(QAbstractSocket::SocketError error) = 0;
    virtual void serverError(int closeCode) = 0;
    /// Emits originAuthenticationRequired(), whose slots find `allowed` and may
    /// change it. Returns their answer, also if the server is gone meanwhile.
    virtual bool originAuthenticationRequired(const QString &origin, bool allowed) = 0;
    virtual void newConnection() = 0;
    /// Of servers that have such a signal.
    virtual void httpRequested(HttpResponder *responder) = 0;
    virtual void closed() = 0;

    /// A socket of the class that belongs to the server's.
    virtual WebSocketPrivate *makeSocket(const QString &origin) = 0;
};

/// For a server of class `Server` whose slots get an `Authenticator`; `Server` and
/// `Socket` name this class as a friend.
template <typename Server, typename Socket, typename Authenticator, typename CloseCode>
class WebSocketServerEmitterOf final : public WebSocketServerEmitter
{
public:
    explicit WebSocketServerEmitterOf(Server *server) : q(server) {}

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

    WebSocketPrivate *makeSocket(const QString &origin) override
    {
        return (new Socket(origin))->d.get();
    }

private:
    Server *const q;
};

} // namespace Wirebird
