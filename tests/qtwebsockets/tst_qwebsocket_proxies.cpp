// Proxies: which one is used, what it is told, and the errors.
#include "rawpeers.h"
#include "support.h"

#include "../qt/peers/programs.h"

#include <QtNetwork/QAuthenticator>
#include <QtNetwork/QNetworkProxyFactory>

namespace {

/// Gives `proxies`, and keeps what it was asked.
class Factory : public QNetworkProxyFactory
{
public:
    QList<QNetworkProxy> proxies;
    QStringList *asked;

    explicit Factory(QStringList *asked) : asked(asked) {}

    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        asked->append(QString("%1 %2 %3 %4")
                          .arg(int(query.queryType()))
                          .arg(query.peerHostName())
                          .arg(query.peerPort())
                          .arg(query.protocolTag()));
        return proxies;
    }
};

/// A server that answers a connection with `answers`, one for each time it is sent
/// something, and ends it then.
struct Scripted
{
    QTcpServer tcp;

    explicit Scripted(const QByteArrayList &answers)
    {
        tcp.listen(QHostAddress::LocalHost);
        QObject::connect(&tcp, &QTcpServer::newConnection, &tcp, [this, answers] {
            QTcpSocket *const socket = tcp.nextPendingConnection();
            const auto left = std::make_shared<QByteArrayList>(answers);
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, left] {
                socket->readAll();
                if (!left->isEmpty())
                    socket->write(left->takeFirst());
                if (left->isEmpty())
                    socket->disconnectFromHost();
            });
        });
    }
    QNetworkProxy proxy(QNetworkProxy::ProxyType type) const
    {
        return QNetworkProxy(type, "127.0.0.1", tcp.serverPort());
    }
};

/// A server that echoes.
struct Echo
{
    QWebSocketServer server{"echo", QWebSocketServer::NonSecureMode};

    Echo()
    {
        server.setProxy(QNetworkProxy::NoProxy);
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QWebSocketServer::newConnection, &server, [this] {
            QWebSocket *const peer = server.nextPendingConnection();
            peer->setParent(&server);
            QObject::connect(peer, &QWebSocket::textMessageReceived, peer,
                             &QWebSocket::sendTextMessage);
        });
    }
    QUrl url(const QString &host = "127.0.0.1") const
    {
        return QUrl(QString("ws://%1:%2/").arg(host).arg(server.serverPort()));
    }
};

/// Whether a message comes back.
bool echoes(QWebSocket *socket)
{
    QString received;
    const auto connection = QObject::connect(socket, &QWebSocket::textMessageReceived,
                                             [&](const QString &message) { received = message; });
    socket->sendTextMessage("tweet");
    const bool came = waitFor([&] { return received == "tweet"; });
    QObject::disconnect(connection);
    return came;
}

const QStringList opened{"Connecting", "Connected", "connected"};

} // namespace

class tst_QWebSocketProxies : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanupTestCase();
    void proxiesLeadToTheServer_data();
    void proxiesLeadToTheServer();
    void credentialsOfTheProxyAreTold_data();
    void credentialsOfTheProxyAreTold();
    void otherwiseTheApplicationIsAsked_data();
    void otherwiseTheApplicationIsAsked();
    void wrongCredentialsAreAskedAbout();
    void unchangedCredentialsAreAnError_data();
    void unchangedCredentialsAreAnError();
    void failuresHaveTheErrorsOfProxies_data();
    void failuresHaveTheErrorsOfProxies();
    void whatTheProxySaysOfTheServer_data();
    void whatTheProxySaysOfTheServer();
    void aCachingProxyIsNoWay();
    void theFactoryIsAskedAsForTcp();
    void theApplicationsProxyIsTheDefault();
    void theSystemsConfigurationIsUsed();
    void aServerNeverListensAtAProxy();
};

void tst_QWebSocketProxies::cleanupTestCase()
{
    QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy);
}

void tst_QWebSocketProxies::proxiesLeadToTheServer_data()
{
    QTest::addColumn<bool>("isSocks");
    QTest::newRow("HTTP") << false;
    QTest::newRow("SOCKS") << true;
}

void tst_QWebSocketProxies::proxiesLeadToTheServer()
{
    QFETCH(bool, isSocks);
    const Proxy proxy(isSocks ? Proxy::Kind::Microsocks : Proxy::Kind::Tinyproxy);
    Echo echo;
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.setProxy(isSocks ? proxy.socks() : proxy.http());
    socket.open(echo.url());
    QCOMPARE(socket.peerName(), QString("127.0.0.1"));
    QVERIFY2(waitFor([&] { return log.size() >= 3; }), qPrintable(log.join('|')));
    QCOMPARE(log, opened);
    QVERIFY(echoes(&socket));
    QCOMPARE(socket.proxy().port(), proxy.port());
}

void tst_QWebSocketProxies::credentialsOfTheProxyAreTold_data()
{
    QTest::addColumn<QString>("scheme");
    for (const char *scheme : {"basic", "digest", "socks", "tinyproxy"})
        QTest::newRow(scheme) << scheme;
}

Proxy guarded(const QString &scheme)
{
    if (scheme == "socks")
        return Proxy(Proxy::Kind::Microsocks, "-u bird -P seed");
    if (scheme == "tinyproxy")
        return Proxy(Proxy::Kind::Tinyproxy, "BasicAuth bird seed");
    return Proxy::squid(scheme);
}

QNetworkProxy told(const Proxy &proxy, const QString &scheme, const QString &user = {},
                   const QString &password = {})
{
    return scheme == "socks" ? proxy.socks(user, password) : proxy.http(user, password);
}

void tst_QWebSocketProxies::credentialsOfTheProxyAreTold()
{
    QFETCH(QString, scheme);
    const Proxy proxy = guarded(scheme);
    Echo echo;
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::proxyAuthenticationRequired, [&] { log.append("asked"); });
    socket.setProxy(told(proxy, scheme, "bird", "seed"));
    socket.open(echo.url());
    QVERIFY2(waitFor([&] { return log.size() >= 3; }), qPrintable(log.join('|')));
    QCOMPARE(log, opened);
    QVERIFY(echoes(&socket));
}

void tst_QWebSocketProxies::otherwiseTheApplicationIsAsked_data()
{
    credentialsOfTheProxyAreTold_data();
}

void tst_QWebSocketProxies::otherwiseTheApplicationIsAsked()
{
    QFETCH(QString, scheme);
    const Proxy proxy = guarded(scheme);
    Echo echo;
    QStringList log;
    QString realm;
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::proxyAuthenticationRequired,
            [&](const QNetworkProxy &asking, QAuthenticator *authenticator) {
                log.append(QString("asked by %1").arg(asking.port() == proxy.port()));
                realm = authenticator->realm();
                authenticator->setUser("bird");
                authenticator->setPassword("seed");
            });
    socket.setProxy(told(proxy, scheme));
    socket.open(echo.url());
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "asked by 1", "Connected", "connected"}));
    if (scheme == "basic" || scheme == "digest")
        QCOMPARE(realm, QString("seeds and worms"));
    QVERIFY(echoes(&socket));
}

void tst_QWebSocketProxies::wrongCredentialsAreAskedAbout()
{
    const Proxy proxy = Proxy::squid("basic");
    Echo echo;
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::proxyAuthenticationRequired,
            [&](const QNetworkProxy &, QAuthenticator *authenticator) {
                log.append("asked");
                authenticator->setUser("bird");
                authenticator->setPassword(log.count("asked") == 1 ? "worm" : "seed");
            });
    socket.setProxy(proxy.http("bird", "feather"));
    socket.open(echo.url());
    QVERIFY2(waitFor([&] { return log.size() >= 5; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "asked", "asked", "Connected", "connected"}));
}

void tst_QWebSocketProxies::unchangedCredentialsAreAnError_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("basic") << "basic";
    QTest::newRow("socks") << "socks";
}

void tst_QWebSocketProxies::unchangedCredentialsAreAnError()
{
    QFETCH(QString, scheme);
    const Proxy proxy = guarded(scheme);
    Echo echo;
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::proxyAuthenticationRequired, [&] { log.append("asked"); });
    socket.setProxy(told(proxy, scheme, "bird", "feather"));
    socket.open(echo.url());
    QVERIFY2(waitFor([&] { return !log.filter("error 12").isEmpty(); }),
             qPrintable(log.join('|')));
    QCOMPARE(log.mid(0, 4), (QStringList{"Connecting", "asked", "Unconnected",
                                         log.value(3)}));
    QVERIFY2(log.value(3).startsWith("disconnected"), qPrintable(log.join('|')));
    QCOMPARE(socket.error(), QAbstractSocket::ProxyAuthenticationRequiredError);
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
}

void tst_QWebSocketProxies::failuresHaveTheErrorsOfProxies_data()
{
    using Type = QNetworkProxy::ProxyType;
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("error");
    for (const auto &[name, type] : {std::pair<const char *, Type>{"HTTP", Type::HttpProxy},
                                     {"SOCKS", Type::Socks5Proxy}}) {
        const auto row = [&, kind = name](const char *what) -> QTestData & {
            return QTest::newRow(qPrintable(QString("%1 %2").arg(kind, what)));
        };
        row("refuses") << int(type) << "127.0.0.1" << QByteArray("refuse") << 14;
        row("closes") << int(type) << "127.0.0.1" << QByteArray() << 15;
        row("not found") << int(type) << "nest.invalid" << QByteArray() << 17;
        row("no host") << int(type) << "" << QByteArray() << 17;
        row("is none") << int(type) << "127.0.0.1" << QByteArray("What is it?\r\n\r\n") << 18;
    }
}

void tst_QWebSocketProxies::failuresHaveTheErrorsOfProxies()
{
    QFETCH(int, type);
    QFETCH(QString, host);
    QFETCH(QByteArray, answer);
    QFETCH(int, error);
    Scripted scripted({answer});
    QNetworkProxy proxy = scripted.proxy(QNetworkProxy::ProxyType(type));
    proxy.setHostName(host);
    if (answer == "refuse")
        proxy.setPort(unusedPort());
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.setProxy(proxy);
    socket.open(QUrl("ws://birds.example/"));
    const QString line = QString("error %1 in Unconnected").arg(error);
    QVERIFY2(waitFor([&] { return !log.filter(line).isEmpty(); }), qPrintable(log.join('|')));
    if (host.isEmpty() && isDropIn)
        return; // known at once: without a change of state
    QCOMPARE(log.mid(0, 2), (QStringList{"Connecting", "Unconnected"}));
    QVERIFY2(log.value(2).startsWith("disconnected"), qPrintable(log.join('|')));
    QVERIFY2(log.value(3).startsWith(line), qPrintable(log.join('|')));
    QCOMPARE(int(socket.error()), error);
    QVERIFY(!socket.errorString().isEmpty());
}

void tst_QWebSocketProxies::whatTheProxySaysOfTheServer_data()
{
    QTest::addColumn<QByteArrayList>("answers");
    QTest::addColumn<bool>("isSocks");
    QTest::addColumn<int>("error");
    const std::pair<int, int> statuses[] = {{400, 18}, {403, 3}, {404, 2}, {405, 3},
                                            {500, 18}, {502, 18}, {503, 0}, {504, 18}};
    for (const auto &[status, error] : statuses) {
        const QByteArray answer = "HTTP/1.1 " + QByteArray::number(status)
            + " Because\r\nContent-Length: 0\r\n\r\n";
        QTest::newRow(qPrintable(QString("status %1").arg(status)))
            << QByteArrayList{answer} << false << error;
    }
    const std::pair<int, int> replies[] = {{1, 7}, {2, 3}, {3, 7}, {4, 2},
                                           {5, 0}, {6, 7}, {7, 10}, {8, 10}};
    for (const auto &[reply, error] : replies) {
        const QByteArray answer = QByteArray("\x05", 1) + char(reply)
            + QByteArray("\x00\x01\x00\x00\x00\x00\x00\x00", 8);
        QTest::newRow(qPrintable(QString("reply %1").arg(reply)))
            << QByteArrayList{QByteArray("\x05\x00", 2), answer} << true << error;
    }
}

void tst_QWebSocketProxies::whatTheProxySaysOfTheServer()
{
    QFETCH(QByteArrayList, answers);
    QFETCH(bool, isSocks);
    QFETCH(int, error);
    Scripted scripted(answers);
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.setProxy(scripted.proxy(isSocks ? QNetworkProxy::Socks5Proxy
                                           : QNetworkProxy::HttpProxy));
    socket.open(QUrl("ws://10.1.2.3:8080/"));
    const QString line = QString("error %1 in Unconnected").arg(error);
    QVERIFY2(waitFor([&] { return !log.filter(line).isEmpty(); }), qPrintable(log.join('|')));
    QCOMPARE(log.mid(0, 2), (QStringList{"Connecting", "Unconnected"}));
    QCOMPARE(int(socket.error()), error);
}

void tst_QWebSocketProxies::aCachingProxyIsNoWay()
{
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.setProxy(QNetworkProxy(QNetworkProxy::HttpCachingProxy, "127.0.0.1", 1));
    socket.open(QUrl("ws://birds.example/"));
    QVERIFY2(!log.filter("error 10").isEmpty(), qPrintable(log.join('|')));
    QCOMPARE(socket.errorString(), QString("Operation on socket is not supported"));
}

void tst_QWebSocketProxies::theFactoryIsAskedAsForTcp()
{
    const Proxy proxy(Proxy::Kind::Squid);
    Echo echo;
    QStringList asked;
    auto *const factory = new Factory(&asked);
    factory->proxies = {QNetworkProxy(QNetworkProxy::HttpCachingProxy, "127.0.0.1", 1),
                        proxy.http()};
    QNetworkProxyFactory::setApplicationProxyFactory(factory);
    const QString number = QString::number(echo.server.serverPort());
    const QString type = QString::number(QNetworkProxyQuery::TcpSocket);
    {
        QWebSocket socket;
        socket.open(echo.url("birds.example"));
        QCOMPARE(asked, QStringList{type + " birds.example " + number + " http"});
        QVERIFY(waitFor([&] { return socket.isValid(); }));
        QVERIFY(echoes(&socket));
    }
    {
        QWebSocket socket;
        asked.clear();
        socket.open(QUrl("ws://birds.example/"));
        QCOMPARE(asked, QStringList{type + " birds.example 80 http"});
    }
    {
        QWebSocket socket;
        asked.clear();
        socket.open(echo.url());
        QVERIFY(waitFor([&] { return socket.isValid(); }));
        QVERIFY2(asked.isEmpty(), "this machine is reached without a proxy");
    }
    {
        QWebSocket socket;
        socket.setProxy(QNetworkProxy::NoProxy);
        socket.open(echo.url("birds.example"));
        QVERIFY2(asked.isEmpty(), "NoProxy is a choice");
    }
    QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy);
}

void tst_QWebSocketProxies::theApplicationsProxyIsTheDefault()
{
    const Proxy proxy(Proxy::Kind::Squid);
    Echo echo;
    QNetworkProxy::setApplicationProxy(proxy.http());
    QWebSocket socket;
    QCOMPARE(socket.proxy().type(), QNetworkProxy::DefaultProxy);
    socket.open(echo.url("birds.example"));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QVERIFY(echoes(&socket));
    QCOMPARE(socket.proxy().type(), QNetworkProxy::DefaultProxy);
    QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy);
}

void tst_QWebSocketProxies::theSystemsConfigurationIsUsed()
{
    const Proxy proxy(Proxy::Kind::Squid);
    Echo echo;
    qputenv("http_proxy", QString("http://127.0.0.1:%1").arg(proxy.port()).toLatin1());
    qputenv("no_proxy", "");
    QNetworkProxyFactory::setUseSystemConfiguration(true);
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(echo.url("birds.example"));
    QVERIFY2(waitFor([&] { return log.size() >= 3; }), qPrintable(log.join('|')));
    QCOMPARE(log, opened);
    QVERIFY(echoes(&socket));
    QNetworkProxyFactory::setUseSystemConfiguration(false);
    qunsetenv("http_proxy");
    qunsetenv("no_proxy");
}

void tst_QWebSocketProxies::aServerNeverListensAtAProxy()
{
    if (!isDropIn)
        QSKIP("Qt's server inherits the application's proxy and can't listen then");
    QNetworkProxy::setApplicationProxy(
        QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1", unusedPort()));
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy);
}

QTEST_GUILESS_MAIN(tst_QWebSocketProxies)
#include "tst_qwebsocket_proxies.moc"
