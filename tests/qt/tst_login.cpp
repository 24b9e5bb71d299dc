// A login by a form, over HTTP, whose cookie opens the WebSocket of the same server.
#include "support.h"

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkcookiejar.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Wirebird;

namespace {

/// Nothing that these tests wait for takes longer.
constexpr int patience = 30000;

} // namespace

class tst_Login : public QObject
{
    Q_OBJECT

private slots:
    void aCookieOfALoginOpensTheWebSocket();
    void withoutTheCookieItIsRefused();
    void aGuardRefusesWithAnAnswerOfItsOwn();

private:
    void listen();
    QNetworkReply *post(const QUrl &url, const QByteArray &form);

    std::unique_ptr<WebSocketServer> server;
    QSet<QByteArray> sessions;
    QNetworkAccessManager network;
};

/// Users log in at /login, and chat at /chat once they have.
void tst_Login::listen()
{
    sessions.clear();
    server = std::make_unique<WebSocketServer>(QString(), WebSocketServer::NonSecureMode);
    server->route(QStringLiteral("/login"), HttpMethod::Post, [this](const HttpRequest &request) {
        const QUrlQuery form = request.form();
        const QString user = form.queryItemValue(QStringLiteral("user"), QUrl::FullyDecoded);
        const QString password =
            form.queryItemValue(QStringLiteral("password"), QUrl::FullyDecoded);
        if (user != QStringLiteral("Ann & Bob") || password != QStringLiteral("a+b c"))
            return HttpResponse("Wrong name or password.\n", 403);
        const QByteArray session = QByteArray::number(sessions.size() + 4711);
        sessions.insert(session);
        HttpResponse response("Welcome.\n");
        QNetworkCookie cookie("session", session);
        cookie.setHttpOnly(true);
        cookie.setPath(QStringLiteral("/"));
        response.addCookie(cookie);
        return response;
    });
    server->setRequestCheck([this](const HttpRequest &request) {
        return request.path() == QStringLiteral("/chat")
            && sessions.contains(request.cookie("session"));
    });
    QVERIFY(server->listen(QHostAddress::LocalHost));
}

QNetworkReply *tst_Login::post(const QUrl &url, const QByteArray &form)
{
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader,
                      QStringLiteral("application/x-www-form-urlencoded"));
    QNetworkReply *const reply = network.post(request, form);
    QSignalSpy finished(reply, &QNetworkReply::finished);
    finished.wait(patience);
    return reply;
}

void tst_Login::aCookieOfALoginOpensTheWebSocket()
{
    listen();
    QUrl url = server->serverUrl();
    url.setScheme(QStringLiteral("http"));
    url.setPath(QStringLiteral("/login"));
    const std::unique_ptr<QNetworkReply> wrong(post(url, "user=Ann&password=x"));
    QCOMPARE(wrong->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 403);
    const std::unique_ptr<QNetworkReply> reply(
        post(url, "user=Ann+%26+Bob&password=a%2Bb+c"));
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    QCOMPARE(reply->readAll(), QByteArray("Welcome.\n"));
    url.setPath(QStringLiteral("/chat"));
    const QList<QNetworkCookie> cookies = network.cookieJar()->cookiesForUrl(url);
    QCOMPARE(cookies.size(), 1);

    QNetworkRequest request(server->serverUrl().resolved(QUrl(QStringLiteral("/chat"))));
    request.setRawHeader("Cookie", cookies.first().toRawForm(QNetworkCookie::NameAndValueOnly));
    WebSocket socket;
    QSignalSpy connected(&socket, &WebSocket::connected);
    socket.open(request);
    QVERIFY(connected.wait(patience));
    QTRY_VERIFY(server->hasPendingConnections());
    const std::unique_ptr<WebSocket> peer(server->nextPendingConnection());
    QSignalSpy received(&socket, &WebSocket::textMessageReceived);
    peer->sendTextMessage(QStringLiteral("hello"));
    QVERIFY(received.wait(patience));
    QCOMPARE(received.first().first().toString(), QStringLiteral("hello"));
}

void tst_Login::withoutTheCookieItIsRefused()
{
    listen();
    for (const char *cookie : {"", "session=4711", "other=1; session=", "session"}) {
        QNetworkRequest request(server->serverUrl().resolved(QUrl(QStringLiteral("/chat"))));
        if (*cookie)
            request.setRawHeader("Cookie", cookie);
        WebSocket socket;
        QSignalSpy disconnected(&socket, &WebSocket::disconnected);
        QSignalSpy failed(&socket, &WebSocket::errorOccurred);
        socket.open(request);
        QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), patience);
        QVERIFY2(socket.errorString().contains(QStringLiteral("403")),
                 qPrintable(socket.errorString()));
        QVERIFY(!server->hasPendingConnections());
    }
}

void tst_Login::aGuardRefusesWithAnAnswerOfItsOwn()
{
    listen();
    server->setRequestGuard([](const HttpRequest &request) -> std::optional<HttpResponse> {
        if (request.path() == QStringLiteral("/open"))
            return std::nullopt;
        HttpResponse response("Log in first.\n", 401);
        response.setHeader("X-Login", "/login");
        return response;
    });
    WebSocket refused;
    QSignalSpy failed(&refused, &WebSocket::errorOccurred);
    refused.open(server->serverUrl().resolved(QUrl(QStringLiteral("/chat"))));
    QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), patience);
    QCOMPARE(refused.responseStatus(), 401);
    QCOMPARE(refused.responseBody(), QByteArray("Log in first.\n"));
    QVERIFY(refused.responseHeaders().contains({"x-login", "/login"}));

    WebSocket socket;
    QSignalSpy connected(&socket, &WebSocket::connected);
    socket.open(server->serverUrl().resolved(QUrl(QStringLiteral("/open"))));
    QVERIFY(connected.wait(patience));
}

QTEST_GUILESS_MAIN(tst_Login)
#include "tst_login.moc"
