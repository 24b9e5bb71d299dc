// The question to a server's application whether an origin is welcome.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qstring.h>

#include <memory>

namespace Wirebird {

class WebSocketCorsAuthenticatorPrivate;

/// Carries the Origin of a request and takes the answer.
class WIREBIRD_QT_EXPORT WebSocketCorsAuthenticator
{
public:
    explicit WebSocketCorsAuthenticator(const QString &origin);
    explicit WebSocketCorsAuthenticator(const WebSocketCorsAuthenticator &other);
    WebSocketCorsAuthenticator(WebSocketCorsAuthenticator &&other) noexcept;
    ~WebSocketCorsAuthenticator();

    WebSocketCorsAuthenticator &operator=(const WebSocketCorsAuthenticator &other);
    WebSocketCorsAuthenticator &operator=(WebSocketCorsAuthenticator &&other) noexcept;

    void swap(WebSocketCorsAuthenticator &other) noexcept;

    /// The Origin header of the request; empty if it had none.
    QString origin() const;

    /// Whether the request is accepted. Default: true.
    void setAllowed(bool allowed);
    bool allowed() const;

private:
    std::unique_ptr<WebSocketCorsAuthenticatorPrivate> d;
};

} // namespace Wirebird
