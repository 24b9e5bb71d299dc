// Plain HTTP at a WebSocketServer, asked for by QNetworkAccessManager.
#include "support.h"

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <stdexcept>
#include <thread>

using namespace Wirebird;

namespace {

/// Nothing that these tests wait for takes longer.
constexpr int patience = 30000;

} // namespace

namespace {

struct Answer
{
    int status = 0;
    QByteArray body;
    QList<QPair<QByteArray, QByteArray>> headers;

    QByteArray header(const QByteArray &name) const
    {
        for (const auto &field : headers) {
            if (field.first.toLower() == name)
                return field.second;
        }
        return {};
    }
};

} // namespace

class tst_Http : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void routesGetWhatTheClientSent();
    void parametersComeFromThePath();
    void theFirstRouteThatFitsAnswers();
    void methodsThatARouteDoesNotTakeGet405();
    void answersHaveStatusHeadersCookiesAndJson();
    void formsCookiesAndJsonAreRead();
    void answersMayComeLater();
    void answersMayComeFromAnotherThread();
    void whatIsNotAnsweredGets500();
    void whatIsThrownBecomes500();
    void handlersMayDeleteTheServer();
    void requestsWithoutARouteAreSignalled();
    void filesAreServed();
    void bodiesMayBeStreamed();
    void theHealthPathIsAnsweredByItself();
    void withoutRoutesHttpIsRefused();
    void hostsThatAreNotAllowedGet421();
    void trustedProxiesNameTheClient();
    void webSocketsNeedAnOriginIfItIsRequired();
    void aServerThatMovesAnswersInItsThread();

private:
    void listen() { QVERIFY(server->listen(QHostAddress::LocalHost)); }
    QUrl url(const QString &target) const
    {
        return QUrl(QStringLiteral("http://127.0.0.1:%1%2").arg(server->serverPort()).arg(target));
    }
    Answer finish(QNetworkReply *reply)
    {
        QSignalSpy finished(reply, &QNetworkReply::finished);
        if (!reply->isFinished())
            finished.wait(patience);
        Answer answer{reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                      reply->readAll(), reply->rawHeaderPairs()};
        delete reply;
        return answer;
    }
    Answer get(const QString &target) { return finish(network->get(QNetworkRequest(url(target)))); }
    Answer ask(const QByteArray &method, const QString &target, const QByteArray &body = {},
               const QByteArray &type = "text/plain", const QByteArray &cookie = {})
    {
        QNetworkRequest request(url(target));
        request.setHeader(QNetworkRequest::ContentTypeHeader, type);
        request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
        if (!cookie.isEmpty())
            request.setRawHeader("Cookie", cookie);
        return finish(network->sendCustomRequest(request, method, body));
    }

    std::unique_ptr<WebSocketServer> server;
    std::unique_ptr<QNetworkAccessManager> network;
};

void tst_Http::init()
{
    network = std::make_unique<QNetworkAccessManager>();
    network->setProxy(QNetworkProxy::NoProxy);
    server = std::make_unique<WebSocketServer>(QStringLiteral("nest"), WebSocketServer::NonSecureMode);
}

void tst_Http::routesGetWhatTheClientSent()
{
    HttpRequest seen;
    server->route(QStringLiteral("/a/b c"), HttpMethod::Post, [&](const HttpRequest &request) {
        seen = request;
        return HttpResponse("ok");
    });
    listen();
    const Answer answer = ask("POST", QStringLiteral("/a/b%20c?x=1&y=%C3%A4"), "hello");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, QByteArray("ok"));
    QCOMPARE(answer.header("server"), QByteArray("nest"));
    QCOMPARE(seen.method(), QByteArray("POST"));
    QCOMPARE(seen.path(), QStringLiteral("/a/b c"));
    QCOMPARE(seen.target(), QByteArray("/a/b%20c?x=1&y=%C3%A4"));
    QCOMPARE(seen.query().queryItemValue(QStringLiteral("x")), QStringLiteral("1"));
    QCOMPARE(seen.query().queryItemValue(QStringLiteral("y")), QString::fromUtf8("\xC3\xA4"));
    QCOMPARE(seen.url(), url(QStringLiteral("/a/b%20c?x=1&y=%C3%A4")));
    QCOMPARE(seen.body(), QByteArray("hello"));
    QCOMPARE(seen.header("Content-Type"), QByteArray("text/plain"));
    QVERIFY(seen.hasHeader("HOST") && !seen.hasHeader("x-none"));
    QCOMPARE(seen.peerAddress(), QHostAddress(QHostAddress::LocalHost));
    QVERIFY(seen.peerPort() != 0);
    QVERIFY(!seen.isSecure());
}

void tst_Http::parametersComeFromThePath()
{
    server->route(QStringLiteral("/users/:id/:field"), HttpMethod::Get, [](const HttpRequest &request) {
        return HttpResponse(request.parameter(QStringLiteral("id")) + QLatin1Char('|')
                            + request.parameter(QStringLiteral("field")));
    });
    server->route(QStringLiteral("/rest/*"), HttpMethod::Get, [](const HttpRequest &request) {
        return HttpResponse(request.parameter(QStringLiteral("*")));
    });
    listen();
    QCOMPARE(get(QStringLiteral("/users/a%2Fb/n")).body, QByteArray("a/b|n"));
    QCOMPARE(get(QStringLiteral("/users/1/x?y")).body, QByteArray("1|x"));
    QCOMPARE(get(QStringLiteral("/rest/a/b")).body, QByteArray("a/b"));
    QCOMPARE(get(QStringLiteral("/rest/")).body, QByteArray(""));
    for (const char *none : {"/users/1", "/users/1/2/3", "/users//x", "/users/1/", "/", "/Rest/a"})
        QCOMPARE(get(QString::fromLatin1(none)).status, 404);
}

void tst_Http::theFirstRouteThatFitsAnswers()
{
    const auto says = [](const char *text) {
        return [text](const HttpRequest &) { return HttpResponse(text); };
    };
    server->route(QStringLiteral("/a/b"), HttpMethod::Get, says("first"));
    server->route(QStringLiteral("/a/:x"), HttpMethod::Any, says("second"));
    listen();
    QCOMPARE(get(QStringLiteral("/a/b")).body, QByteArray("first"));
    QCOMPARE(get(QStringLiteral("/a/c")).body, QByteArray("second"));
    QCOMPARE(ask("DELETE", QStringLiteral("/a/b")).body, QByteArray("second"));
}

void tst_Http::methodsThatARouteDoesNotTakeGet405()
{
    server->route(QStringLiteral("/a"), HttpMethod::Get | HttpMethod::Put,
                  [](const HttpRequest &) { return HttpResponse("ok"); });
    listen();
    const Answer refused = ask("POST", QStringLiteral("/a"));
    QCOMPARE(refused.status, 405);
    QCOMPARE(refused.header("allow"), QByteArray("GET, HEAD, PUT"));
    QCOMPARE(ask("PUT", QStringLiteral("/a")).status, 200);
    const Answer head = finish(network->head(QNetworkRequest(url(QStringLiteral("/a")))));
    QCOMPARE(head.status, 200);
    QCOMPARE(head.header("content-length"), QByteArray("2"));
}

void tst_Http::answersHaveStatusHeadersCookiesAndJson()
{
    server->route(QStringLiteral("/json"), HttpMethod::Get, [](const HttpRequest &) {
        HttpResponse response(QJsonObject{{QStringLiteral("a"), 1}}, 201);
        response.addHeader("X-One", "1");
        response.addCookie(QNetworkCookie("c", "d"));
        response.setReasonPhrase("Made");
        return response;
    });
    server->route(QStringLiteral("/array"), HttpMethod::Get,
                  [](const HttpRequest &) { return HttpResponse(QJsonArray{1, 2}); });
    server->route(QStringLiteral("/nothing"), HttpMethod::Get,
                  [](const HttpRequest &) { return HttpResponse(204); });
    server->route(QStringLiteral("/away"), HttpMethod::Get, [](const HttpRequest &) {
        return HttpResponse::redirect(QUrl(QStringLiteral("/json")));
    });
    server->route(QStringLiteral("/bad"), HttpMethod::Get, [](const HttpRequest &) {
        HttpResponse response("x");
        response.setHeader("X", "a\r\nb: c");
        return response;
    });
    listen();
    const Answer json = get(QStringLiteral("/json"));
    QCOMPARE(json.status, 201);
    QCOMPARE(json.body, QByteArray("{\"a\":1}"));
    QCOMPARE(json.header("content-type"), QByteArray("application/json"));
    QCOMPARE(json.header("x-one"), QByteArray("1"));
    QCOMPARE(json.header("set-cookie"), QByteArray("c=d"));
    QCOMPARE(get(QStringLiteral("/array")).body, QByteArray("[1,2]"));
    QCOMPARE(get(QStringLiteral("/nothing")).status, 204);
    QNetworkRequest request(url(QStringLiteral("/away")));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    const Answer away = finish(network->get(request));
    QCOMPARE(away.status, 303);
    QCOMPARE(away.header("location"), QByteArray("/json"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("can't be sent")));
    QCOMPARE(get(QStringLiteral("/bad")).status, 500);
}

void tst_Http::formsCookiesAndJsonAreRead()
{
    HttpRequest seen;
    server->route(QStringLiteral("/"), HttpMethod::Any, [&](const HttpRequest &request) {
        seen = request;
        return HttpResponse();
    });
    listen();
    ask("POST", QStringLiteral("/"), "a=x+y%2Bz&b=", "application/x-www-form-urlencoded",
        "one=1; two=\"2\"; three = 3;four");
    QCOMPARE(seen.form().queryItemValue(QStringLiteral("a"), QUrl::FullyDecoded),
             QStringLiteral("x y+z"));
    QVERIFY(seen.form().hasQueryItem(QStringLiteral("b")));
    QCOMPARE(seen.cookie("one"), QByteArray("1"));
    QCOMPARE(seen.cookie("two"), QByteArray("\"2\""));
    QCOMPARE(seen.cookie("three"), QByteArray("3"));
    QVERIFY(seen.cookie("four").isNull() && seen.cookie("ne").isNull());
    ask("POST", QStringLiteral("/"), "a=1", "text/plain");
    QVERIFY(seen.form().isEmpty());
    ask("POST", QStringLiteral("/"), "{\"a\": 1}", "application/json");
    QCOMPARE(seen.json().object().value(QStringLiteral("a")).toInt(), 1);
    QVERIFY(HttpRequest().json().isNull());
}

void tst_Http::answersMayComeLater()
{
    std::vector<std::shared_ptr<HttpResponder>> waiting;
    server->routeDeferred(QStringLiteral("/:number"), HttpMethod::Get, [&](HttpResponder responder) {
        waiting.push_back(std::make_shared<HttpResponder>(std::move(responder)));
    });
    listen();
    QNetworkReply *const first = network->get(QNetworkRequest(url(QStringLiteral("/1"))));
    QNetworkReply *const second = network->get(QNetworkRequest(url(QStringLiteral("/2"))));
    QTRY_COMPARE_WITH_TIMEOUT(waiting.size(), std::size_t(2), patience);
    for (const auto &responder : waiting) {
        QVERIFY(responder->isPending());
        QVERIFY(responder->answer(
            HttpResponse(responder->request().parameter(QStringLiteral("number")))));
        QVERIFY(!responder->isPending());
        QVERIFY(!responder->answer(HttpResponse("again")));
    }
    QCOMPARE(finish(first).body, QByteArray("1"));
    QCOMPARE(finish(second).body, QByteArray("2"));
}

void tst_Http::answersMayComeFromAnotherThread()
{
    std::thread thread;
    server->routeDeferred(QStringLiteral("/"), HttpMethod::Get, [&](HttpResponder responder) {
        const auto shared = std::make_shared<HttpResponder>(std::move(responder));
        thread = std::thread([shared] { shared->answer(HttpResponse("from afar")); });
    });
    listen();
    QCOMPARE(get(QStringLiteral("/")).body, QByteArray("from afar"));
    thread.join();
}

void tst_Http::whatIsNotAnsweredGets500()
{
    server->routeDeferred(QStringLiteral("/"), HttpMethod::Get, [](HttpResponder) {});
    listen();
    QCOMPARE(get(QStringLiteral("/")).status, 500);
}

void tst_Http::whatIsThrownBecomes500()
{
    server->route(QStringLiteral("/known"), HttpMethod::Get,
                  [](const HttpRequest &) -> HttpResponse { throw std::runtime_error("no"); });
    server->route(QStringLiteral("/other"), HttpMethod::Get,
                  [](const HttpRequest &) -> HttpResponse { throw 1; });
    listen();
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("has thrown: no")));
    QCOMPARE(get(QStringLiteral("/known")).status, 500);
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("has thrown")));
    QCOMPARE(get(QStringLiteral("/other")).status, 500);
}

void tst_Http::handlersMayDeleteTheServer()
{
    server->route(QStringLiteral("/"), HttpMethod::Get, [this](const HttpRequest &) {
        server.reset();
        return HttpResponse("the last word");
    });
    listen();
    const Answer answer = get(QStringLiteral("/"));
    // Its requests are answered by the engine when the server goes.
    QVERIFY2(answer.body == "the last word" || answer.status == 503, answer.body.constData());
    init();
    connect(server.get(), &WebSocketServer::httpRequested, this, [this] { server.reset(); });
    listen();
    QVERIFY(get(QStringLiteral("/")).status >= 400);
}

void tst_Http::requestsWithoutARouteAreSignalled()
{
    std::unique_ptr<HttpResponder> kept;
    connect(server.get(), &WebSocketServer::httpRequested, this, [&](HttpResponder *responder) {
        if (responder->request().path() == QStringLiteral("/now"))
            responder->answer(HttpResponse("now"));
        else if (responder->request().path() == QStringLiteral("/later"))
            kept = std::make_unique<HttpResponder>(std::move(*responder));
    });
    listen();
    QCOMPARE(get(QStringLiteral("/now")).body, QByteArray("now"));
    QCOMPARE(get(QStringLiteral("/never")).status, 404);
    QNetworkReply *const reply = network->get(QNetworkRequest(url(QStringLiteral("/later"))));
    QTRY_VERIFY_WITH_TIMEOUT(kept, patience);
    QVERIFY(kept->answer(HttpResponse("later")));
    QCOMPARE(finish(reply).body, QByteArray("later"));
}

void tst_Http::filesAreServed()
{
    QTemporaryDir folder;
    const auto write = [&](const QString &name, const QByteArray &content) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    };
    write(QStringLiteral("index.html"), "<p>index");
    write(QStringLiteral("a b.txt"), "0123456789");
    write(QStringLiteral(".secret"), "secret");
    server->serveFiles(QStringLiteral("/static"), folder.path());
    const QString file = folder.filePath(QStringLiteral("a b.txt"));
    server->route(QStringLiteral("/one"), HttpMethod::Get,
                  [file](const HttpRequest &) { return HttpResponse::file(file); });
    listen();
    QCOMPARE(get(QStringLiteral("/static/")).body, QByteArray("<p>index"));
    QCOMPARE(get(QStringLiteral("/static/")).header("content-type"),
             QByteArray("text/html; charset=utf-8"));
    QCOMPARE(get(QStringLiteral("/static/a%20b.txt")).body, QByteArray("0123456789"));
    QCOMPARE(get(QStringLiteral("/one")).body, QByteArray("0123456789"));
    for (const char *none : {"/static/.secret", "/static/%2e%2e/x", "/static/none", "/staticx"})
        QCOMPARE(get(QString::fromLatin1(none)).status, 404);
    QCOMPARE(ask("POST", QStringLiteral("/static/a%20b.txt")).status, 405);
    QNetworkRequest request(url(QStringLiteral("/one")));
    request.setRawHeader("Range", "bytes=2-4");
    const Answer part = finish(network->get(request));
    QCOMPARE(part.status, 206);
    QCOMPARE(part.body, QByteArray("234"));
}

void tst_Http::bodiesMayBeStreamed()
{
    std::unique_ptr<HttpResponder> kept;
    server->routeDeferred(QStringLiteral("/"), HttpMethod::Get, [&](HttpResponder responder) {
        kept = std::make_unique<HttpResponder>(std::move(responder));
    });
    listen();
    QNetworkReply *const reply = network->get(QNetworkRequest(url(QStringLiteral("/"))));
    QTRY_VERIFY_WITH_TIMEOUT(kept, patience);
    QVERIFY(!kept->write("too early"));
    QVERIFY(kept->begin());
    QByteArray all;
    for (int i = 0; i < 5; ++i) {
        QVERIFY(kept->write(QByteArray::number(i)));
        QTRY_VERIFY_WITH_TIMEOUT(reply->bytesAvailable() > 0, patience);
        all += reply->readAll();
    }
    QVERIFY(kept->finish());
    QVERIFY(!kept->write("too late"));
    QCOMPARE(finish(reply).status, 200);
    QCOMPARE(all, QByteArray("01234"));
}

void tst_Http::theHealthPathIsAnsweredByItself()
{
    server->setHealthPath(QStringLiteral("/healthz"));
    QCOMPARE(server->healthPath(), QStringLiteral("/healthz"));
    listen();
    // This thread is busy meanwhile.
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server->serverPort());
    QVERIFY(client.waitForConnected(patience));
    client.write("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    while (client.waitForReadyRead(patience))
        answer += client.readAll();
    QVERIFY2(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("ok\n"), answer.constData());
}

void tst_Http::withoutRoutesHttpIsRefused()
{
    listen();
    QCOMPARE(get(QStringLiteral("/")).status, 426);
}

void tst_Http::hostsThatAreNotAllowedGet421()
{
    server->setAllowedHosts({QStringLiteral("localhost")});
    server->route(QStringLiteral("/"), HttpMethod::Get,
                  [](const HttpRequest &) { return HttpResponse("ok"); });
    listen();
    QCOMPARE(get(QStringLiteral("/")).status, 421);
    QNetworkRequest request(url(QStringLiteral("/")));
    request.setRawHeader("Host", "LOCALHOST:1");
    QCOMPARE(finish(network->get(request)).body, QByteArray("ok"));
    WebSocket socket;
    QSignalSpy failed(&socket, &WebSocket::errorOccurred);
    socket.open(server->serverUrl());
    QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), patience);
    QVERIFY(socket.errorString().contains(QStringLiteral("421")));
}

void tst_Http::trustedProxiesNameTheClient()
{
    HttpRequest seen;
    const auto answer = [&](const HttpRequest &request) {
        seen = request;
        return HttpResponse("ok");
    };
    server->setTrustedProxies({QStringLiteral("127.0.0.0/8")});
    server->route(QStringLiteral("/"), HttpMethod::Get, answer);
    listen();
    QNetworkRequest request(url(QStringLiteral("/")));
    request.setRawHeader("X-Forwarded-For", "192.0.2.1");
    request.setRawHeader("X-Forwarded-Proto", "https");
    request.setRawHeader("X-Forwarded-Host", "example.org");
    QCOMPARE(finish(network->get(request)).body, QByteArray("ok"));
    QCOMPARE(seen.peerAddress(), QHostAddress(QStringLiteral("192.0.2.1")));
    QCOMPARE(seen.url(), QUrl(QStringLiteral("https://example.org/")));

    init();
    server->setTrustedProxies({QStringLiteral("127.0.0.1")}, WebSocketServer::ProxyProtocol);
    server->route(QStringLiteral("/"), HttpMethod::Get, answer);
    listen();
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server->serverPort());
    client.write("PROXY TCP4 192.0.2.2 192.0.2.3 4 5\r\n"
                 "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(client.state(), QAbstractSocket::UnconnectedState, patience);
    QVERIFY(client.readAll().endsWith("ok"));
    QCOMPARE(seen.peerAddress(), QHostAddress(QStringLiteral("192.0.2.2")));
    QCOMPARE(seen.peerPort(), quint16(4));
}

void tst_Http::webSocketsNeedAnOriginIfItIsRequired()
{
    server->setOriginRequired(true);
    listen();
    WebSocket without;
    QSignalSpy failed(&without, &WebSocket::errorOccurred);
    without.open(server->serverUrl());
    QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), patience);
    QVERIFY(without.errorString().contains(QStringLiteral("403")));
    QUrl own = server->serverUrl();
    own.setScheme(QStringLiteral("http"));
    WebSocket with(own.toString(QUrl::RemovePath));
    QSignalSpy connected(&with, &WebSocket::connected);
    with.open(server->serverUrl());
    QTRY_VERIFY_WITH_TIMEOUT(!connected.isEmpty(), patience);
}

void tst_Http::aServerThatMovesAnswersInItsThread()
{
    QThread *seen = nullptr;
    server->route(QStringLiteral("/"), HttpMethod::Get, [&](const HttpRequest &) {
        seen = QThread::currentThread();
        return HttpResponse("ok");
    });
    listen();
    QThread other;
    other.start();
    const QString target = QStringLiteral("/");
    const QUrl asked = url(target);
    server->moveToThread(&other);
    const Answer answer = finish(network->get(QNetworkRequest(asked)));
    QCOMPARE(answer.body, QByteArray("ok"));
    QCOMPARE(seen, &other);
    WebSocketServer *const moved = server.release();
    QMetaObject::invokeMethod(moved, [moved] { delete moved; }, Qt::BlockingQueuedConnection);
    other.quit();
    other.wait();
}

QTEST_GUILESS_MAIN(tst_Http)
#include "tst_http.moc"
