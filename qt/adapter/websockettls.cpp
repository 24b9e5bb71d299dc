// What is asked of TLS beyond QSslConfiguration.
#include <wirebird/websockettls.h>

#include <tuple>

namespace Wirebird {

class WebSocketTlsPrivate : public QSharedData
{
public:
    auto tie() const { return std::tie(pinnedKeys, serverName, revocationLists); }

    QList<QByteArray> pinnedKeys;
    QString serverName;
    QList<QByteArray> revocationLists;
};

/*!
    \class Wirebird::WebSocketTls
    \brief What is asked of TLS that QSslConfiguration has no place for.

    Everything else, certificates, keys, versions and what is asked of the peer, is in
    the QSslConfiguration of the WebSocket or WebSocketServer. Only the engine's TLS
    knows these: with one of them set, Qt's is never taken.
*/

WebSocketTls::WebSocketTls() : d(new WebSocketTlsPrivate) { }

WebSocketTls::WebSocketTls(const WebSocketTls &other) = default;
WebSocketTls::WebSocketTls(WebSocketTls &&other) noexcept = default;
WebSocketTls::~WebSocketTls() = default;
WebSocketTls &WebSocketTls::operator=(const WebSocketTls &other) = default;

/*!
    SHA-256 hashes of public keys (SubjectPublicKeyInfo in DER), 32 bytes each: a
    certificate of the server's chain has to have one of these keys, besides
    everything else that is asked of it. What is missing is told as
    QSslError::CertificateRejected. None, the default, allows any key; a hash of
    another length makes open() fail.
*/
QList<QByteArray> WebSocketTls::pinnedKeys() const
{
    return d->pinnedKeys;
}

void WebSocketTls::setPinnedKeys(const QList<QByteArray> &pinnedKeys)
{
    d->pinnedKeys = pinnedKeys;
}

/*!
    The name or address that the server's certificate has to have, and that the
    server is asked for (RFC 6066 section 3; never an address). Empty, the default,
    for the host of the URL.
*/
QString WebSocketTls::serverName() const
{
    return d->serverName;
}

void WebSocketTls::setServerName(const QString &serverName)
{
    d->serverName = serverName;
}

/*!
    Lists of revoked certificates (RFC 5280), each the content of a file in PEM or DER. A
    peer whose certificate, or one that vouches for it, is in its issuer's list has
    QSslError::CertificateRevoked; a list that is out of date is an error, too. What an
    issuer without a list has issued is not looked up. None, the default, looks up
    nothing; what can't be read makes open() or listen() fail.
*/
QList<QByteArray> WebSocketTls::revocationLists() const
{
    return d->revocationLists;
}

void WebSocketTls::setRevocationLists(const QList<QByteArray> &revocationLists)
{
    d->revocationLists = revocationLists;
}

bool WebSocketTls::equals(const WebSocketTls &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

} // namespace Wirebird
