// What a client's request says besides its fields: which way, where else, and who asks.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkrequest.h>

namespace Wirebird {

/// Whether a URL leads to a Unix domain socket: ws+unix:///path/of/socket:/path?query.
bool isOfUnixSocket(const QUrl &url);

/// Keeps the bytes that a wirebird_client_options_t points to.
class Dialing
{
public:
    explicit Dialing(const QUrl &url);
    Q_DISABLE_COPY(Dialing)

#ifndef QT_NO_NETWORKPROXY
    /// HttpProxy, Socks5Proxy or NoProxy.
    void setProxy(const QNetworkProxy &proxy);
#endif
    /// The request's own policy goes before `policy`.
    void setRedirects(const QNetworkRequest &request, QNetworkRequest::RedirectPolicy policy);

    void fill(wirebird_client_options_t *options) const;

private:
    QByteArray m_user;
    QByteArray m_password;
    QByteArray m_proxyUrl;
    QByteArray m_proxyUser;
    QByteArray m_proxyPassword;
    quint32 m_maxRedirects = 0;
    quint32 m_redirectPolicy = WIREBIRD_REDIRECT_ANYWHERE;
};

} // namespace Wirebird
