// The public face of WebSocket: TLS.
#include "websocket_p.h"

#include <wirebird/websocket.h>

#ifndef QT_NO_SSL
namespace Wirebird {

/*!
    \fn void WebSocket::peerVerifyError(const QSslError &error)
    An error of one of the server's certificates; sslErrors() follows with all.

    \fn void WebSocket::sslErrors(const QList<QSslError> &errors)
    The server's certificates have \a errors. Nothing of the application is sent before
    the slots have returned. Unless one of them, connected directly, has called
    ignoreSslErrors(), or that was done before open(), the handshake ends with
    errorOccurred(QAbstractSocket::SslHandshakeFailedError), or waits for resume() if
    pauseMode() says so. That time is not counted in WebSocketLimits::handshakeTimeout().

    \fn void WebSocket::preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator)
    A key that both sides know is wanted; connect directly. Pre-shared keys are for
    Qt's TLS, which open() takes when somebody is connected to this signal.

    \fn void WebSocket::alertSent(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description)
    The server was sent the alert that ended the handshake or the connection. With Qt's
    TLS others come, too.

    \fn void WebSocket::alertReceived(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description)
    The same from the server.

    \fn void WebSocket::handshakeInterruptedOnError(const QSslError &error)
    Comes before sslErrors() for each error, where
    QSslConfiguration::handshakeMustInterruptOnError() (Qt 6) asks for it; connect
    directly, and call continueInterruptedHandshake() or the handshake ends.
*/

/*!
    The configuration of wss connections that are opened from now on. Heeded are
    certificates, key, caCertificates(), peerVerifyMode(), protocol(),
    allowedNextProtocols() and the options about sessions and the server's name. What
    else differs from the default makes open() take Qt's TLS; where Qt has none, open()
    fails.

    Without it, it is QSslConfiguration::defaultConfiguration() at the time of open().
    What the default trusts are the system's certificates.
*/
void WebSocket::setSslConfiguration(const QSslConfiguration &sslConfiguration)
{
    d->setSslConfiguration(sslConfiguration);
}

/*!
    As set; with Qt's TLS, from the handshake on, also what was negotiated. The
    engine's TLS can't put that into a QSslConfiguration: see peerCertificateChain()
    and the like.
*/
QSslConfiguration WebSocket::sslConfiguration() const
{
    return d->sslConfiguration();
}

WebSocketTls WebSocket::tls() const
{
    return d->tls.options;
}

/*! Of connections that are opened from now on. */
void WebSocket::setTls(const WebSocketTls &tls)
{
    d->tls.options = tls;
}

/*!
    The certificates that the peer has shown, its own first; known from
    peerVerifyError() on. Empty without TLS.
*/
QList<QSslCertificate> WebSocket::peerCertificateChain() const
{
    return d->tls.facts.certificates();
}

/*! QSsl::UnknownProtocol without TLS. */
QSsl::SslProtocol WebSocket::sessionProtocol() const
{
    return d->tls.facts.protocol;
}

/*! By its name at IANA (with Qt's TLS at OpenSSL); empty without TLS. */
QString WebSocket::sessionCipherName() const
{
    return d->tls.facts.cipher;
}

/*! Whether the handshake took up the session of an earlier connection of this object. */
bool WebSocket::isSessionResumed() const
{
    return d->tls.facts.isResumed;
}

/*! The application protocol that was agreed upon (RFC 7301), such as "http/1.1"; or empty. */
QByteArray WebSocket::applicationProtocol() const
{
    return d->tls.facts.applicationProtocol;
}

/*!
    Goes on in spite of exactly these \a errors, each of the same certificate. Called
    before open() it holds for every connection of this object, in a slot of sslErrors()
    or while paused for this one.
*/
void WebSocket::ignoreSslErrors(const QList<QSslError> &errors)
{
    d->ignoreSslErrors(errors);
}

/*!
    Goes on in spite of any error of the server's certificates: whoever is in between
    can read and change everything. Called before open() it holds for every connection
    of this object, in a slot of sslErrors() or while paused for this one.
*/
void WebSocket::ignoreSslErrors()
{
    d->ignoreSslErrors();
}

/*! To be called in a slot of handshakeInterruptedOnError(). */
void WebSocket::continueInterruptedHandshake()
{
    d->continueInterruptedHandshake();
}

} // namespace Wirebird
#endif
