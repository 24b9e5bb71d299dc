// A QNetworkCookieJar at an opening handshake.
#include "cookies.h"

#include "convert.h"

#include <QtCore/qdebug.h>
#include <QtCore/qthread.h>
#include <QtCore/qvariant.h>
#include <QtNetwork/qnetworkcookie.h>

namespace Wirebird {
namespace {

/// Jars know the schemes of HTTP.
QUrl ofHttp(QUrl url)
{
    url.setScheme(url.scheme() == QLatin1String("wss") ? QStringLiteral("https")
                                                       : QStringLiteral("http"));
    return url;
}

bool isAutomatic(const QNetworkRequest &request, QNetworkRequest::Attribute attribute)
{
    return request.attribute(attribute, QNetworkRequest::Automatic).toInt()
        == QNetworkRequest::Automatic;
}

/// As the server may have set it. A jar's cookie without a dot is for one host.
QByteArray setCookieField(const QNetworkCookie &cookie)
{
    QByteArray field = cookie.toRawForm(QNetworkCookie::NameAndValueOnly);
    if (cookie.domain().startsWith(QLatin1Char('.')))
        field += "; Domain=" + cookie.domain().mid(1).toUtf8();
    if (!cookie.path().isEmpty())
        field += "; Path=" + cookie.path().toUtf8();
    if (cookie.isSecure())
        field += "; Secure";
    return field;
}

} // namespace

bool Cookies::isUsable() const
{
    if (!m_jar)
        return false;
    if (m_jar->thread() == QThread::currentThread())
        return true;
    qWarning("Wirebird: the cookie jar of a WebSocket lives in another thread and is not used");
    return false;
}

void Cookies::lend(const QNetworkRequest &request, CookieJarHandle *jar)
{
    m_taken = 0;
    m_isSaving = isAutomatic(request, QNetworkRequest::CookieSaveControlAttribute);
    if (!isAutomatic(request, QNetworkRequest::CookieLoadControlAttribute) || !isUsable())
        return;
    wirebird_cookie_jar_t lent{0};
    if (wirebird_cookie_jar_new(&lent) != WIREBIRD_OK)
        return;
    jar->reset(lent);
    const QUrl url = ofHttp(request.url());
    const QByteArray from = url.toEncoded(QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    const QList<QNetworkCookie> cookies = m_jar->cookiesForUrl(url);
    for (const QNetworkCookie &cookie : cookies) {
        const QByteArray field = setCookieField(cookie);
        if (wirebird_cookie_jar_set(lent, textView(from), textView(field)) != WIREBIRD_OK)
            qWarning("Wirebird: a cookie is not sent: %s", wirebird_last_error());
    }
}

void Cookies::takeResponses(wirebird_connection_t connection)
{
    if (!m_jar)
        return;
    quint16 status = 0;
    wirebird_text_t url{};
    for (; wirebird_connection_response(connection, m_taken, &status, &url) == WIREBIRD_OK;
         ++m_taken) {
        QList<QPair<QByteArray, QByteArray>> headers;
        wirebird_header_t header{};
        for (size_t i = 0; wirebird_connection_response_header(connection, m_taken, i, &header)
             == WIREBIRD_OK;
             ++i)
            headers.append({toBytes(header.name), toBytes(header.value)});
        take(QUrl::fromEncoded(toBytes(url)), headers);
    }
}

void Cookies::take(const QUrl &url, const QList<QPair<QByteArray, QByteArray>> &headers)
{
    // Proxies set no cookies.
    if (!m_isSaving || !url.scheme().startsWith(QLatin1String("ws")) || !isUsable())
        return;
    for (const auto &[name, value] : headers) {
        if (name == "set-cookie")
            m_jar->setCookiesFromUrl(QNetworkCookie::parseCookies(value), ofHttp(url));
    }
}

} // namespace Wirebird
