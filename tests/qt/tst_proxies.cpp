// Proxies of Wirebird::WebSocket: what the tests of the drop-in
// (tests/qtwebsockets/tst_qwebsocket_proxies.cpp) leave open.
#include "support.h"

#include "peers/programs.h"

#include <QtCore/QThread>
#include <QtNetwork/QAuthenticator>
#include <QtNetwork/QNetworkProxyFactory>

namespace {

struct Echo
{
    WebSocketServer server{"echo", WebSocketServer::NonSecureMode};

    Echo()
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &WebSocketServer::newConnection, &server, [this] {
            WebSocket *const peer = server.nextPendingConnection();
            peer->setParent(&server);
            QObject::connect(peer, &WebSocket::textMessageReceived, peer,
                             &WebSocket::sendTextMessage);
        });
    }
    QUrl url(const QString &host = "127.0.0.1") const
    {
        return QUrl(QString("ws://%1:%2/").arg(host).arg(server.serverPort()));
    }
};

QNetworkProxy http(quint16 port)
{
    return QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1", port);
}

/// The system's configuration names `proxy` while it lives.
struct SystemConfiguration
{
    explicit SystemConfiguration(const QNetworkProxy &proxy)
    {
        qputenv("http_proxy", QString("http://127.0.0.1:%1").arg(proxy.port()).toLatin1());
        qputenv("no_proxy", "");
        QNetworkProxyFactory::setUseSystemConfiguration(true);
    }
    ~SystemConfiguration()
    {
        QNetworkProxyFactory::setUseSystemConfiguration(false);
        qunsetenv("http_proxy");
        qunsetenv("no_proxy");
    }
};

} // namespace

class tst_Proxies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsNameTheProxyAndItsAnswer();
    void theAnswerOfAProxyCanBeRead();
    void aProxyThatSaysNothingIsATimeout();
    void proxyPasswordsAreInNoText();
    void namesAreSentInPunycode();
    void lookingUpTheSystemsConfigurationHoldsUpNobody();
    void aSocketMayGoWhileTheConfigurationIsLookedUp();
    void aSocketMayMoveWhileTheConfigurationIsLookedUp();
    void anUnusableProxyOfTheSystemIsAnError();
    void aConnectionThroughAProxyIsOpenedAgain();
    void whatIsAskedTwiceIsToldApart();
};

void tst_Proxies::textsNameTheProxyAndItsAnswer()
{
    RawServer proxy;
    proxy.answer = "HTTP/1.1 503 No Worms Today\r\nContent-Length: 0\r\n\r\n";
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.setProxy(http(quint16(proxy.url().port())));
    socket.open(QUrl("ws://birds.example:8080/"));
    QVERIFY(waitFor([&] { return !log.filter("error ").isEmpty(); }));
    QCOMPARE(log, (QStringList{"ConnectingState", "UnconnectedState", "disconnected",
                               "errorOccurred 0 in UnconnectedState", "error 0"}));
    const QString text = socket.errorString();
    for (const QString &part :
         {QString("127.0.0.1:%1").arg(proxy.url().port()), QString("birds.example:8080"),
          QString("503 No Worms Today")})
        QVERIFY2(text.contains(part), qPrintable(text));
    QCOMPARE(socket.closeCode(), CloseCodeAbnormalDisconnection);
}

void tst_Proxies::theAnswerOfAProxyCanBeRead()
{
    RawServer proxy;
    proxy.answer = "HTTP/1.1 502 Bad Gateway\r\nVia: 1.1 nest\r\nContent-Length: 5\r\n\r\nworms";
    WebSocket socket;
    socket.setProxy(http(quint16(proxy.url().port())));
    socket.open(QUrl("ws://birds.example/"));
    QVERIFY(waitFor([&] { return socket.responseStatus() == 502; }));
    QCOMPARE(socket.responseBody(), QByteArray("worms"));
    QVERIFY(socket.responseHeaders().contains({"via", "1.1 nest"}));
}

void tst_Proxies::aProxyThatSaysNothingIsATimeout()
{
    QTcpServer silent;
    silent.listen(QHostAddress::LocalHost);
    WebSocketLimits limits;
    limits.setHandshakeTimeout(std::chrono::milliseconds(200));
    for (const auto type : {QNetworkProxy::HttpProxy, QNetworkProxy::Socks5Proxy}) {
        WebSocket socket;
        socket.setLimits(limits);
        socket.setProxy(QNetworkProxy(type, "127.0.0.1", silent.serverPort()));
        socket.open(QUrl("ws://birds.example/"));
        QVERIFY(waitFor(
            [&] { return socket.error() == QAbstractSocket::ProxyConnectionTimeoutError; }));
        QVERIFY2(socket.errorString().contains("handshake_timeout"),
                 qPrintable(socket.errorString()));
    }
}

void tst_Proxies::proxyPasswordsAreInNoText()
{
    for (const auto type : {QNetworkProxy::HttpProxy, QNetworkProxy::Socks5Proxy}) {
        WebSocket socket;
        QNetworkProxy proxy(type, "127.0.0.1", 1, "bird", "s3cret:@/");
        socket.setProxy(proxy);
        socket.open(QUrl("ws://birds.example/"));
        QVERIFY(waitFor(
            [&] { return socket.error() == QAbstractSocket::ProxyConnectionRefusedError; }));
        QVERIFY2(!socket.errorString().contains("s3cret"), qPrintable(socket.errorString()));
    }
}

void tst_Proxies::namesAreSentInPunycode()
{
    const Proxy proxy(Proxy::Kind::Squid);
    Echo echo;
    connect(&echo.server, &WebSocketServer::originAuthenticationRequired,
            [&](WebSocketCorsAuthenticator *authenticator) { authenticator->setAllowed(true); });
    WebSocket socket;
    socket.setProxy(proxy.http());
    socket.open(echo.url(QString::fromUtf8("V\xc3\xb6gel.example")));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    const auto peers = echo.server.findChildren<WebSocket *>();
    QCOMPARE(peers.size(), 1);
    QVERIFY2(peers.first()->request().rawHeader("Host").startsWith("xn--vgel-5qa.example:"),
             peers.first()->request().rawHeader("Host"));
}

/// Qt asks one at a time: while a factory thinks, in another thread, nobody else gets
/// an answer.
void tst_Proxies::lookingUpTheSystemsConfigurationHoldsUpNobody()
{
    const Proxy proxy(Proxy::Kind::Squid);
    Echo echo;
    const SystemConfiguration configuration(proxy.http());
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.open(echo.url("birds.example"));
    QCOMPARE(log, QStringList{"ConnectingState"});
    QVERIFY2(waitFor([&] { return log.size() >= 3; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"ConnectingState", "ConnectedState", "connected"}));
    socket.open(echo.url()); // without the proxy, in place of the first
    QVERIFY2(waitFor([&] { return log.size() >= 5; }), qPrintable(log.join('|')));
    QCOMPARE(socket.peerPort(), echo.server.serverPort());
}

void tst_Proxies::aSocketMayGoWhileTheConfigurationIsLookedUp()
{
    const Proxy proxy(Proxy::Kind::Tinyproxy);
    Echo echo;
    const SystemConfiguration configuration(proxy.http());
    for (int i = 0; i < 50; ++i) {
        WebSocket socket;
        socket.open(echo.url("birds.example"));
        if (i % 2)
            QTest::qWait(0);
    }
    for (int i = 0; i < 50; ++i) {
        QStringList log;
        WebSocket socket;
        record(&socket, &log);
        socket.open(echo.url("birds.example"));
        if (i % 2)
            socket.close();
        else
            socket.abort();
        QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
        QVERIFY2(log.contains("disconnected"), qPrintable(log.join('|')));
        socket.setProxy(QNetworkProxy::NoProxy);
        socket.open(echo.url());
        QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(log.join('|')));
    }
}

void tst_Proxies::aSocketMayMoveWhileTheConfigurationIsLookedUp()
{
    const Proxy proxy(Proxy::Kind::Squid);
    Echo echo;
    const SystemConfiguration configuration(proxy.http());
    QThread thread;
    thread.start();
    std::atomic<QThread *> where{nullptr};
    WebSocket *const socket = new WebSocket;
    connect(socket, &WebSocket::connected, [&] { where = QThread::currentThread(); });
    socket->open(echo.url("birds.example"));
    socket->moveToThread(&thread);
    QVERIFY(waitFor([&] { return where.load() != nullptr; }));
    QCOMPARE(where.load(), &thread);
    QMetaObject::invokeMethod(socket, [socket] { delete socket; }, Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
}

void tst_Proxies::anUnusableProxyOfTheSystemIsAnError()
{
    const SystemConfiguration configuration(http(1));
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.open(QUrl("ws://birds.example/"));
    QVERIFY(waitFor([&] { return !log.filter("error ").isEmpty(); }));
    QCOMPARE(log, (QStringList{"ConnectingState", "UnconnectedState", "disconnected",
                               "errorOccurred 14 in UnconnectedState", "error 14"}));
}

void tst_Proxies::aConnectionThroughAProxyIsOpenedAgain()
{
    Echo echo;
    WebSocketReconnect reconnect;
    reconnect.setEnabled(true);
    reconnect.setInitialDelay(std::chrono::milliseconds(10));
    reconnect.setMaximumDelay(std::chrono::milliseconds(50));
    WebSocket socket;
    socket.setReconnect(reconnect);
    int attempts = 0;
    connect(&socket, &WebSocket::reconnectScheduled, [&] { ++attempts; });
    {
        const Proxy proxy(Proxy::Kind::Microsocks);
        socket.setProxy(proxy.socks());
        socket.open(echo.url());
        QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    }
    // The proxy is gone, and then another one is there.
    QVERIFY(waitFor([&] { return attempts > 2; }));
    QCOMPARE(socket.error(), QAbstractSocket::ProxyConnectionRefusedError);
    const Proxy proxy(Proxy::Kind::Microsocks);
    socket.setProxy(proxy.socks());
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
}

/// A proxy and a server behind it, both with questions of their own.
void tst_Proxies::whatIsAskedTwiceIsToldApart()
{
    const Proxy proxy = Proxy::squid("digest");
    PythonServer server("interop/http_peer.py");
    QStringList log;
    int asked = 0;
    WebSocket socket;
    connect(&socket, &WebSocket::proxyAuthenticationRequired,
            [&](const QNetworkProxy &asking, QAuthenticator *authenticator) {
                log.append(QString("proxy %1 %2").arg(asking.port() == proxy.port())
                               .arg(authenticator->user()));
                authenticator->setUser("bird");
                authenticator->setPassword("seed");
            });
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append(QString("server %1").arg(authenticator->user()));
        authenticator->setUser("bird");
        authenticator->setPassword(++asked == 1 ? "worm" : "seed");
    });
    socket.setProxy(proxy.http());
    socket.open(server.url("/digest/SHA-256"));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"proxy 1 ", "server ", "server bird"}));
}

QTEST_GUILESS_MAIN(tst_Proxies)
#include "tst_proxies.moc"
