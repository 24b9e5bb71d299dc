#include "login.h"

#include <QtCore/QRunnable>
#include <QtNetwork/QNetworkCookie>

using namespace Wirebird;

namespace {

const QByteArray cookieName = QByteArrayLiteral("ticker-session");
constexpr int mostWaiting = 16;

// Not for pages of other sites, nor for scripts of this one, nor without TLS if there is TLS.
QNetworkCookie cookie(const QByteArray &id, qint64 seconds, const HttpRequest &request)
{
    QNetworkCookie cookie(cookieName, id);
    cookie.setPath(QStringLiteral("/"));
    cookie.setHttpOnly(true);
    cookie.setSecure(request.isSecure());
    cookie.setExpirationDate(QDateTime::currentDateTimeUtc().addSecs(seconds));
    return cookie;
}

void add(const QNetworkCookie &cookie, HttpResponse *response)
{
    // QNetworkCookie knows SameSite from Qt 6.1 on.
    QByteArray field = cookie.toRawForm();
    if (!field.contains("SameSite"))
        field += "; SameSite=Strict";
    response->addHeader("Set-Cookie", field);
}

// Browsers say whose page has sent a form.
bool isOfAnotherSite(const HttpRequest &request)
{
    const QByteArray origin = request.header("Origin");
    return !origin.isEmpty()
        && origin != (request.isSecure() ? "https://" : "http://") + request.header("Host");
}

} // namespace

Login::Login(const Users &users, std::chrono::minutes lifetime, QObject *parent)
    : QObject(parent), m_users(users), m_sessions(lifetime)
{
    m_threads.setMaxThreadCount(2);
    connect(&m_sessions, &Sessions::ended, this, &Login::ended);
}

Login::~Login() = default;

void Login::serve(WebSocketServer *server)
{
    server->routeDeferred(QStringLiteral("/login"), HttpMethod::Post,
                          [this](HttpResponder responder) { logIn(std::move(responder)); });
    server->route(QStringLiteral("/logout"), HttpMethod::Post,
                  [this](const HttpRequest &request) { return logOut(request); });
    // For the page, which can't read the cookie.
    server->route(QStringLiteral("/session"), HttpMethod::Get, [this](const HttpRequest &request) {
        const QString name = user(request);
        HttpResponse response(QJsonObject{
            { QStringLiteral("user"), name.isEmpty() ? QJsonValue() : QJsonValue(name) } });
        response.setHeader("Cache-Control", "no-store");
        return response;
    });
}

QByteArray Login::sessionOf(const QByteArray &cookies)
{
    for (const QByteArray &pair : cookies.split(';')) {
        if (pair.trimmed().startsWith(cookieName + '='))
            return pair.trimmed().mid(cookieName.size() + 1);
    }
    return {};
}

QString Login::user(const HttpRequest &request) const
{
    return m_sessions.user(request.cookie(cookieName));
}

void Login::logIn(HttpResponder responder)
{
    const HttpRequest request = responder.request();
    if (isOfAnotherSite(request)) {
        responder.answer(HttpResponse("Log in on this server's own page.\n", 403));
        return;
    }
    if (!m_failures.mayTry(request.peerAddress().toString())) {
        HttpResponse response("Too many logins have failed. Try again in a minute.\n", 429);
        response.setHeader("Retry-After", QByteArray::number(int(FailedLogins::pause.count())));
        responder.answer(response);
        return;
    }
    if (m_waiting >= mostWaiting) {
        responder.answer(HttpResponse("Too many are logging in. Try again.\n", 503));
        return;
    }
    const QUrlQuery form = request.form();
    const QString user = form.queryItemValue(QStringLiteral("uname"), QUrl::FullyDecoded);
    const QString password = form.queryItemValue(QStringLiteral("password"), QUrl::FullyDecoded);
    if (user.isEmpty() || password.isEmpty()) {
        responder.answer(HttpResponse("A form with uname and password is wanted.\n", 400));
        return;
    }
    // On another thread, for half a second: prices go on meanwhile. Counted as failed until it is
    // known, so that many at once are no way around the limit.
    m_failures.failed(request.peerAddress().toString());
    ++m_waiting;
    const auto kept = std::make_shared<HttpResponder>(std::move(responder));
    m_threads.start(QRunnable::create([this, user, password, kept] {
        const bool isRight = m_users.check(user, password);
        QMetaObject::invokeMethod(this, [this, user, isRight, kept] {
            answer(kept.get(), user, isRight);
        }, Qt::QueuedConnection);
    }));
}

void Login::answer(HttpResponder *responder, const QString &user, bool isRight)
{
    --m_waiting;
    if (!isRight) {
        responder->answer(HttpResponse("Wrong name or password.\n", 403));
        return;
    }
    const HttpRequest request = responder->request();
    m_failures.succeeded(request.peerAddress().toString());
    HttpResponse response(QJsonObject{ { QStringLiteral("user"), user } });
    add(cookie(m_sessions.begin(user), m_sessions.lifetime().count(), request), &response);
    response.setHeader("Cache-Control", "no-store");
    responder->answer(response);
}

HttpResponse Login::logOut(const HttpRequest &request)
{
    if (isOfAnotherSite(request))
        return HttpResponse("Log out on this server's own page.\n", 403);
    m_sessions.end(request.cookie(cookieName));
    HttpResponse response(204);
    add(cookie("", -1, request), &response);
    return response;
}
