// Cookies: a jar of Qt's that WebSockets and HTTP share.
#include "support.h"

#include "peers/programs.h"

#include <QtCore/QThread>
#include <QtNetwork/QAuthenticator>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkCookie>
#include <QtNetwork/QNetworkCookieJar>
#include <QtNetwork/QNetworkReply>

namespace {

QUrl ofHttp(QUrl url)
{
    url.setScheme("http");
    return url;
}

QUrl ofWebSocket(QUrl url)
{
    url.setScheme("ws");
    return url;
}

/// "name=value" of what the jar has for a URL, sorted.
QStringList cookiesOf(const QNetworkCookieJar &jar, const QUrl &url)
{
    QStringList texts;
    const QList<QNetworkCookie> cookies = jar.cookiesForUrl(ofHttp(url));
    for (const QNetworkCookie &cookie : cookies)
        texts.append(cookie.toRawForm(QNetworkCookie::NameAndValueOnly));
    texts.sort();
    return texts;
}

void put(QNetworkCookieJar *jar, const QByteArray &field, const QUrl &url)
{
    jar->setCookiesFromUrl(QNetworkCookie::parseCookies(field), url);
}

QByteArray cookieField(const QByteArray &request)
{
    const auto at = request.toLower().indexOf("\r\ncookie:");
    return at < 0 ? QByteArray("none")
                  : request.mid(at + 9, request.indexOf('\r', at + 9) - at - 9).trimmed();
}

bool isOver(const WebSocket &socket)
{
    return socket.state() == QAbstractSocket::UnconnectedState || socket.isValid();
}

} // namespace

class tst_Cookies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLoginByHttpCarriesOver();
    void aSessionThatIsRenewedOnTheWayIsSentOnce();
    void refusalsSetCookies();
    void redirectsSetCookiesForTheNextRequest();
    void challengesSetCookies();
    void onlyWhatBelongsThereIsSent();
    void cookiesOfTheRequestGoAlong();
    void theRequestMayDeclineTheJar();
    void aProxySetsNoCookies();
    void aJarOfAnotherThreadIsNotUsed();
    void aJarThatIsGoneIsForgotten();
};

void tst_Cookies::aLoginByHttpCarriesOver()
{
    PythonServer server("qt/peers/login_peer.py");
    const QUrl chat = ofWebSocket(server.url("/chat"));
    QNetworkAccessManager manager;
    WebSocket socket;
    socket.setCookieJar(manager.cookieJar());
    QCOMPARE(socket.cookieJar(), manager.cookieJar());
    socket.open(chat);
    QVERIFY(waitFor([&] { return socket.responseStatus() == 403; }));
    QCOMPARE(cookiesOf(*manager.cookieJar(), chat), QStringList{"denied=1"});

    QNetworkRequest login(server.url("/login"));
    login.setHeader(QNetworkRequest::ContentTypeHeader, "application/x-www-form-urlencoded");
    QNetworkReply *const reply = manager.post(login, "user=bird&password=seed");
    QVERIFY(waitFor([&] { return reply->isFinished(); }));
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    delete reply;

    socket.open(chat);
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    QVERIFY(cookiesOf(*manager.cookieJar(), chat).contains("seen=1"));
    WebSocket stranger;
    stranger.open(chat);
    QVERIFY(waitFor([&] { return stranger.responseStatus() == 403; }));
}

void tst_Cookies::aSessionThatIsRenewedOnTheWayIsSentOnce()
{
    PythonServer server("qt/peers/login_peer.py");
    QNetworkAccessManager manager;
    QNetworkRequest login(server.url("/login"));
    login.setHeader(QNetworkRequest::ContentTypeHeader, "application/x-www-form-urlencoded");
    QNetworkReply *const reply = manager.post(login, "user=bird&password=seed");
    QVERIFY(waitFor([&] { return reply->isFinished(); }));
    delete reply;
    const QUrl url = server.url("/renew");
    const QStringList before = cookiesOf(*manager.cookieJar(), url);
    QCOMPARE(before.size(), 1);

    WebSocket socket;
    socket.setCookieJar(manager.cookieJar());
    socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    socket.open(ofWebSocket(url));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    const QStringList after = cookiesOf(*manager.cookieJar(), url);
    QCOMPARE(after.size(), 2);
    QVERIFY(!after.contains(before.first()));
    QCOMPARE(server.asked(), QByteArray("POST /login -"));
    QCOMPARE(server.asked(), "GET /renew " + before.first().toUtf8());
    QCOMPARE(server.asked(), "GET /chat " + after.filter("session=").first().toUtf8());
}

void tst_Cookies::refusalsSetCookies()
{
    PythonServer server("interop/http_peer.py");
    QNetworkCookieJar jar;
    WebSocket socket;
    socket.setCookieJar(&jar);
    socket.open(server.url("/cookies"));
    QVERIFY(waitFor([&] { return socket.responseStatus() == 403; }));
    QCOMPARE(cookiesOf(jar, server.url("/cookies")).filter("refused"), QStringList{"refused=1"});
}

void tst_Cookies::redirectsSetCookiesForTheNextRequest()
{
    PythonServer server("interop/http_peer.py");
    QNetworkCookieJar jar;
    WebSocket socket;
    socket.setCookieJar(&jar);
    socket.setRedirectPolicy(QNetworkRequest::SameOriginRedirectPolicy);
    socket.open(server.url("/redirect/302/1/end"));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    QVERIFY(!server.asked().contains("\"cookie\""));
    QVERIFY(server.asked().contains("[\"cookie\", \"hop1=1\"]"));
    const QByteArray last = server.asked();
    QVERIFY2(last.contains("[\"cookie\", \"hop0=1; hop1=1\"]"), last);
    QCOMPARE(cookiesOf(jar, server.url("/")), (QStringList{"hop0=1", "hop1=1"}));
}

void tst_Cookies::challengesSetCookies()
{
    PythonServer server("interop/http_peer.py");
    QNetworkCookieJar jar;
    WebSocket socket;
    socket.setCookieJar(&jar);
    QStringList known;
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        known = cookiesOf(jar, server.url());
        authenticator->setUser("bird");
        authenticator->setPassword("seed");
    });
    socket.open(server.url("/digest/MD5"));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    QCOMPARE(known, QStringList{"asked=yes"});
    server.asked();
    QVERIFY(server.asked().contains("[\"cookie\", \"asked=yes\"]"));
}

void tst_Cookies::onlyWhatBelongsThereIsSent()
{
    RawServer server;
    const QUrl from("http://127.0.0.1/");
    QNetworkCookieJar jar;
    put(&jar, "here=1", from);
    put(&jar, "quoted=\"a b\"; Path=/", from);
    put(&jar, "elsewhere=2; Path=/other", from);
    put(&jar, "secret=3; Secure", QUrl("https://127.0.0.1/"));
    put(&jar, "foreign=4", QUrl("http://birds.example/"));
    WebSocket socket;
    socket.setCookieJar(&jar);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    const QByteArray sent = cookieField(server.request);
    QVERIFY2(sent == "here=1; quoted=\"a b\"", sent);
}

void tst_Cookies::cookiesOfTheRequestGoAlong()
{
    RawServer server;
    QNetworkCookieJar jar;
    put(&jar, "kept=1", QUrl("http://127.0.0.1/"));
    QNetworkRequest request(server.url());
    request.setHeader(QNetworkRequest::CookieHeader,
                      QVariant::fromValue(QList<QNetworkCookie>{QNetworkCookie("own", "2")}));
    WebSocket socket;
    socket.setCookieJar(&jar);
    socket.open(request);
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(cookieField(server.request), QByteArray("own=2; kept=1"));
}

void tst_Cookies::theRequestMayDeclineTheJar()
{
    RawServer server;
    server.answer.replace("\r\n\r\n", "\r\nSet-Cookie: set=1\r\n\r\n");
    QNetworkCookieJar jar;
    put(&jar, "kept=1", QUrl("http://127.0.0.1/"));
    QNetworkRequest request(server.url());
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    WebSocket socket;
    socket.setCookieJar(&jar);
    socket.open(request);
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(cookieField(server.request), QByteArray("none"));
    QCOMPARE(cookiesOf(jar, server.url()), QStringList{"kept=1"});
}

void tst_Cookies::aProxySetsNoCookies()
{
    RawServer proxy;
    proxy.answer = "HTTP/1.1 502 Bad Gateway\r\nSet-Cookie: stray=1\r\nContent-Length: 0\r\n\r\n";
    QNetworkCookieJar jar;
    WebSocket socket;
    socket.setCookieJar(&jar);
    socket.setProxy(QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1",
                                  quint16(proxy.url().port())));
    socket.open(QUrl("ws://birds.example/"));
    QVERIFY(waitFor([&] { return socket.responseStatus() == 502; }));
    QCOMPARE(cookiesOf(jar, QUrl("http://birds.example/")), QStringList());
    QCOMPARE(cookiesOf(jar, proxy.url()), QStringList());
}

void tst_Cookies::aJarOfAnotherThreadIsNotUsed()
{
    RawServer server;
    QNetworkCookieJar *const jar = new QNetworkCookieJar;
    put(jar, "kept=1", QUrl("http://127.0.0.1/"));
    QThread thread;
    jar->moveToThread(&thread);
    thread.start();
    WebSocket socket;
    socket.setCookieJar(jar);
    const char *const warning =
        "Wirebird: the cookie jar of a WebSocket lives in another thread and is not used";
    QTest::ignoreMessage(QtWarningMsg, warning);
    socket.open(server.url());
    QTest::ignoreMessage(QtWarningMsg, warning);
    server.answer.replace("\r\n\r\n", "\r\nSet-Cookie: set=1\r\n\r\n");
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(cookieField(server.request), QByteArray("none"));
    thread.quit();
    thread.wait();
    delete jar;
}

void tst_Cookies::aJarThatIsGoneIsForgotten()
{
    RawServer server;
    auto jar = std::make_unique<QNetworkCookieJar>();
    WebSocket socket;
    socket.setCookieJar(jar.get());
    socket.open(server.url());
    jar.reset();
    QCOMPARE(socket.cookieJar(), nullptr);
    QVERIFY(waitFor([&] { return isOver(socket); }));
    QVERIFY(socket.isValid());
}

QTEST_GUILESS_MAIN(tst_Cookies)
#include "tst_cookies.moc"
