// The question to a server's application whether an origin is welcome.
#include <wirebird/corsauthenticator.h>

namespace Wirebird {

class WebSocketCorsAuthenticatorPrivate
{
public:
    QString origin;
    bool allowed = true;
};

/*!
    \class Wirebird::WebSocketCorsAuthenticator
    \brief Asks whether a request of a given origin is accepted.

    An argument of WebSocketServer::originAuthenticationRequired(), whose slots
    have to be connected directly: the object lives during the emission. Any
    client but a browser can send any origin: this protects users of browsers,
    not the server.
*/

/*! Asks about \a origin, which is allowed until setAllowed() says otherwise. */
WebSocketCorsAuthenticator::WebSocketCorsAuthenticator(const QString &origin)
    : d(new WebSocketCorsAuthenticatorPrivate{origin})
{
}

WebSocketCorsAuthenticator::WebSocketCorsAuthenticator(const WebSocketCorsAuthenticator &other)
    : d(new WebSocketCorsAuthenticatorPrivate(*other.d))
{
}

WebSocketCorsAuthenticator::WebSocketCorsAuthenticator(WebSocketCorsAuthenticator &&other) noexcept
    = default;
WebSocketCorsAuthenticator::~WebSocketCorsAuthenticator() = default;

WebSocketCorsAuthenticator &
WebSocketCorsAuthenticator::operator=(const WebSocketCorsAuthenticator &other)
{
    if (this != &other)
        d = std::make_unique<WebSocketCorsAuthenticatorPrivate>(*other.d);
    return *this;
}

WebSocketCorsAuthenticator &
WebSocketCorsAuthenticator::operator=(WebSocketCorsAuthenticator &&other) noexcept = default;

void WebSocketCorsAuthenticator::swap(WebSocketCorsAuthenticator &other) noexcept
{
    d.swap(other.d);
}

QString WebSocketCorsAuthenticator::origin() const
{
    return d->origin;
}

/*!
    Accepts the request if \a allowed, else answers it with HTTP status 403.
*/
void WebSocketCorsAuthenticator::setAllowed(bool allowed)
{
    d->allowed = allowed;
}

bool WebSocketCorsAuthenticator::allowed() const
{
    return d->allowed;
}

} // namespace Wirebird
