#include "login.h"

#include <QtNetwork/QNetworkCookie>
#include <QtNetwork/QNetworkCookieJar>
#include <QtNetwork/QNetworkReply>

Login::Login(const QUrl &server, const QString &user, const QString &password)
    : m_server(server.resolved(QUrl(QStringLiteral("/login")))), m_user(user), m_password(password)
{
    m_server.setScheme(server.scheme() == QLatin1String("wss") ? QStringLiteral("https")
                                                               : QStringLiteral("http"));
}

void Login::setUser(const QString &user, const QString &password)
{
    m_user = user;
    m_password = password;
    logIn();
}

void Login::logIn()
{
    if (m_isBusy || !canLogIn())
        return;
    m_isBusy = true;
    m_problem.clear();
    emit changed();
    QNetworkRequest request(m_server);
    request.setHeader(QNetworkRequest::ContentTypeHeader,
                      QStringLiteral("application/x-www-form-urlencoded"));
    const QByteArray form = "uname=" + QUrl::toPercentEncoding(m_user)
        + "&password=" + QUrl::toPercentEncoding(m_password);
    QNetworkReply *const reply = m_http.post(request, form);
    connect(reply, &QNetworkReply::finished, this, [this, reply] { answered(reply); });
}

void Login::answered(QNetworkReply *reply)
{
    reply->deleteLater();
    m_isBusy = false;
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (reply->error() != QNetworkReply::NoError) {
        const QString said = QString::fromUtf8(reply->readAll()).trimmed();
        m_problem = status == 0 || said.isEmpty() ? reply->errorString() : said;
        if (status == 403)
            m_password.clear(); // it is wrong: not to be tried again
    }
    emit changed();
    if (!m_problem.isEmpty())
        return;
    QStringList pairs;
    const QList<QNetworkCookie> cookies = m_http.cookieJar()->cookiesForUrl(m_server);
    for (const QNetworkCookie &cookie : cookies)
        pairs.append(QString::fromLatin1(cookie.toRawForm(QNetworkCookie::NameAndValueOnly)));
    emit loggedIn(pairs.join(QStringLiteral("; ")));
}
