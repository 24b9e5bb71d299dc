// What a client's request says besides its fields.
#include "dialing.h"

#include "convert.h"

#include <QtCore/qvariant.h>

#include <algorithm>

namespace Wirebird {
namespace {

/// The engine follows no more, and so does Qt by default.
constexpr int mostRedirects = 50;

} // namespace

bool isOfUnixSocket(const QUrl &url)
{
    return url.scheme() == QLatin1String("ws+unix");
}

Dialing::Dialing(const QUrl &url)
    : m_user(url.userName(QUrl::FullyDecoded).toUtf8()),
      m_password(url.password(QUrl::FullyDecoded).toUtf8())
{
}

#ifndef QT_NO_NETWORKPROXY
void Dialing::setProxy(const QNetworkProxy &proxy)
{
    if (proxy.type() != QNetworkProxy::HttpProxy && proxy.type() != QNetworkProxy::Socks5Proxy)
        return;
    QUrl url;
    url.setScheme(proxy.type() == QNetworkProxy::HttpProxy ? QStringLiteral("http")
                                                           : QStringLiteral("socks5h"));
    url.setHost(proxy.hostName());
    url.setPort(proxy.port());
    m_proxyUrl = url.toEncoded();
    m_proxyUser = proxy.user().toUtf8();
    m_proxyPassword = proxy.password().toUtf8();
}
#endif

/// Nobody can be asked in between, as UserVerifiedRedirectPolicy wants it.
void Dialing::setRedirects(const QNetworkRequest &request, QNetworkRequest::RedirectPolicy policy)
{
    const QVariant own = request.attribute(QNetworkRequest::RedirectPolicyAttribute);
    const int chosen = own.isValid() ? own.toInt() : int(policy);
    const bool isSameOrigin = chosen == QNetworkRequest::SameOriginRedirectPolicy;
    if (!isSameOrigin && chosen != QNetworkRequest::NoLessSafeRedirectPolicy)
        return;
    m_maxRedirects = quint32(std::clamp(request.maximumRedirectsAllowed(), 0, mostRedirects));
    if (isSameOrigin)
        m_redirectPolicy = WIREBIRD_REDIRECT_SAME_ORIGIN;
}

void Dialing::fill(wirebird_client_options_t *options) const
{
    options->user = textView(m_user);
    options->password = textView(m_password);
    options->proxy_mode = m_proxyUrl.isEmpty() ? WIREBIRD_PROXY_NONE : WIREBIRD_PROXY_URL;
    options->proxy_url = textView(m_proxyUrl);
    options->proxy_user = textView(m_proxyUser);
    options->proxy_password = textView(m_proxyPassword);
    options->max_redirects = m_maxRedirects;
    options->redirect_policy = m_redirectPolicy;
}

} // namespace Wirebird
