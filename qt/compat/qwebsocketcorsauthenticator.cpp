// The question to a server's application whether an origin is welcome.
#include "QtWebSockets/qwebsocketcorsauthenticator.h"

QT_BEGIN_NAMESPACE

class QWebSocketCorsAuthenticatorPrivate
{
public:
    QString origin;
    bool allowed = true;
};

/*!
    \class QWebSocketCorsAuthenticator
    \brief Asks whether a request of a given origin is accepted.

    An argument of QWebSocketServer::originAuthenticationRequired(), whose slots
    have to be connected directly: the object lives during the emission. It
    protects users of browsers, not the server: other clients send any origin.
*/

QWebSocketCorsAuthenticator::QWebSocketCorsAuthenticator(const QString &origin)
    : d_ptr(new QWebSocketCorsAuthenticatorPrivate{origin})
{
}

QWebSocketCorsAuthenticator::QWebSocketCorsAuthenticator(const QWebSocketCorsAuthenticator &other)
    : d_ptr(new QWebSocketCorsAuthenticatorPrivate(*other.d_ptr))
{
}

QWebSocketCorsAuthenticator::QWebSocketCorsAuthenticator(
    QWebSocketCorsAuthenticator &&other) noexcept
    = default;
QWebSocketCorsAuthenticator::~QWebSocketCorsAuthenticator() = default;

QWebSocketCorsAuthenticator &
QWebSocketCorsAuthenticator::operator=(const QWebSocketCorsAuthenticator &other)
{
    if (this != &other)
        d_ptr = std::make_unique<QWebSocketCorsAuthenticatorPrivate>(*other.d_ptr);
    return *this;
}

QWebSocketCorsAuthenticator &
QWebSocketCorsAuthenticator::operator=(QWebSocketCorsAuthenticator &&other) noexcept = default;

void QWebSocketCorsAuthenticator::swap(QWebSocketCorsAuthenticator &other) noexcept
{
    d_ptr.swap(other.d_ptr);
}

QString QWebSocketCorsAuthenticator::origin() const
{
    return d_ptr->origin;
}

/*!
    Accepts the request if \a allowed, else answers it with HTTP status 403.
*/
void QWebSocketCorsAuthenticator::setAllowed(bool allowed)
{
    d_ptr->allowed = allowed;
}

bool QWebSocketCorsAuthenticator::allowed() const
{
    return d_ptr->allowed;
}

QT_END_NAMESPACE
