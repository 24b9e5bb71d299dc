// QWebSocketServer: what it starts with and keeps, listening, pending connections, its end.
#include "rawpeers.h"
#include "support.h"

#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QSslConfiguration>

#include <chrono>
#include <limits>
#include <type_traits>

static_assert(std::is_base_of_v<QObject, QWebSocketServer>);
static_assert(std::has_virtual_destructor_v<QWebSocketServer>);
static_assert(!std::is_copy_constructible_v<QWebSocketServer>);
static_assert(int(QWebSocketServer::SecureMode) == 0);
static_assert(int(QWebSocketServer::NonSecureMode) == 1);

namespace {

struct Server : QWebSocketServer
{
    explicit Server(const QString &name = "test") : QWebSocketServer(name, NonSecureMode) {}
};

/// Hands out each socket with a mark of its own.
struct MarkingServer : Server
{
    QWebSocket *nextPendingConnection() override
    {
        ++asked;
        QWebSocket *socket = Server::nextPendingConnection();
        if (socket)
            socket->setObjectName("marked");
        return socket;
    }

    int asked = 0;
};

} // namespace

class tst_QWebSocketServer : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void startsClosedWithoutErrors();
    void keepsWhatItWasMadeWith();
    void keepsAnyPendingLimit_data();
    void keepsAnyPendingLimit();
    void keepsItsHandshakeTimeout();
    void keepsItsName();
    void keepsItsProxy();
    void ignoresTlsSettingsWithoutTls();
    void listensOnAFreePort();
    void anyIsShownAsAny();
    void aServerListensOnceOnly();
    void anAddressThatIsNotThere();
    void aPortInUse();
    void listensAgainAfterClose();
    void closedComesLater();
    void closedComesEvenIfItNeverListened();
    void pendingConnectionsComeInOrder();
    void nextPendingConnectionCanBeOverridden();
    void theCallerOwnsWhatItTakes();
    void closeEndsPendingConnectionsOnly();
    void destroyingEndsAllConnections();
    void pausedServersAcceptLater();
    void aDescriptorIsTakenOver();
    void aBadDescriptorIsRefused();
};

void tst_QWebSocketServer::startsClosedWithoutErrors()
{
    Server server;
    QVERIFY(!server.isListening());
    QCOMPARE(server.error(), CloseCodeNormal);
    QCOMPARE(server.errorString(), QString());
    QCOMPARE(server.serverPort(), quint16(0));
    QVERIFY(server.serverAddress().isNull());
    QCOMPARE(server.serverUrl(), QUrl());
    QVERIFY(!server.hasPendingConnections());
    QCOMPARE(server.nextPendingConnection(), nullptr);
    QCOMPARE(server.maxPendingConnections(), 30);
    QCOMPARE(server.handshakeTimeoutMS(), 10000);
    QCOMPARE(server.proxy().type(), QNetworkProxy::DefaultProxy);
    QCOMPARE(server.supportedVersions(), QList<Version>{Version13});
}

void tst_QWebSocketServer::keepsWhatItWasMadeWith()
{
    QObject parent;
    const QWebSocketServer server("name", QWebSocketServer::NonSecureMode, &parent);
    QCOMPARE(server.serverName(), QString("name"));
    QCOMPARE(server.secureMode(), QWebSocketServer::NonSecureMode);
    QCOMPARE(server.parent(), &parent);
    const QWebSocketServer secure({}, QWebSocketServer::SecureMode);
    QCOMPARE(secure.secureMode(), QWebSocketServer::SecureMode);
    QCOMPARE(secure.serverName(), QString());
}

void tst_QWebSocketServer::keepsAnyPendingLimit_data()
{
    QTest::addColumn<int>("limit");
    for (const int limit : {std::numeric_limits<int>::min(), -1, 0, 1, 30,
                            std::numeric_limits<int>::max()})
        QTest::addRow("%d", limit) << limit;
}

void tst_QWebSocketServer::keepsAnyPendingLimit()
{
    QFETCH(int, limit);
    Server server;
    server.setMaxPendingConnections(limit);
    QCOMPARE(server.maxPendingConnections(), limit);
}

void tst_QWebSocketServer::keepsItsHandshakeTimeout()
{
    using namespace std::chrono_literals;
    Server server;
    QCOMPARE(server.handshakeTimeout(), 10s);
    server.setHandshakeTimeout(64);
    QCOMPARE(server.handshakeTimeoutMS(), 64);
    QCOMPARE(server.handshakeTimeout(), 64ms);
    server.setHandshakeTimeout(2s);
    QCOMPARE(server.handshakeTimeoutMS(), 2000);
    server.setHandshakeTimeout(-1);
    QCOMPARE(server.handshakeTimeoutMS(), -1);
}

void tst_QWebSocketServer::keepsItsName()
{
    Server server;
    server.setServerName("other");
    QCOMPARE(server.serverName(), QString("other"));
}

void tst_QWebSocketServer::keepsItsProxy()
{
    Server server;
    const QNetworkProxy proxy(QNetworkProxy::Socks5Proxy, "proxy.example", 1080);
    server.setProxy(proxy);
    QCOMPARE(server.proxy(), proxy);
}

void tst_QWebSocketServer::ignoresTlsSettingsWithoutTls()
{
    Server server;
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyDepth(7);
    server.setSslConfiguration(configuration);
    QCOMPARE(server.sslConfiguration(), QSslConfiguration::defaultConfiguration());
    QWebSocketServer secure("test", QWebSocketServer::SecureMode);
    secure.setSslConfiguration(configuration);
    QCOMPARE(secure.sslConfiguration().peerVerifyDepth(), 7);
}

void tst_QWebSocketServer::listensOnAFreePort()
{
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QVERIFY(server.isListening());
    QVERIFY(server.serverPort() != 0);
    QCOMPARE(server.serverAddress(), QHostAddress(QHostAddress::LocalHost));
    QCOMPARE(server.serverUrl(), QUrl(QString("ws://127.0.0.1:%1").arg(server.serverPort())));
    QCOMPARE(server.error(), CloseCodeNormal);
    server.close();
    QVERIFY(!server.isListening());
    QCOMPARE(server.serverPort(), quint16(0));
    QVERIFY(server.serverAddress().isNull());
    QCOMPARE(server.serverUrl(), QUrl());
}

void tst_QWebSocketServer::anyIsShownAsAny()
{
    Server server;
    QVERIFY(server.listen());
    QCOMPARE(server.serverAddress(), QHostAddress(QHostAddress::Any));
    QCOMPARE(server.serverUrl(), QUrl(QString("ws://127.0.0.1:%1").arg(server.serverPort())));
    const RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
}

void tst_QWebSocketServer::aServerListensOnceOnly()
{
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    allowWarning("QTcpServer::listen() called when already listening");
    QVERIFY(!server.listen(QHostAddress::LocalHost));
    QVERIFY(server.isListening());
    QCOMPARE(server.serverPort(), port);
}

void tst_QWebSocketServer::anAddressThatIsNotThere()
{
    QStringList log;
    Server server;
    follow(&server, &log);
    QVERIFY(!server.listen(QHostAddress("192.0.2.1"))); // RFC 5737
    QCOMPARE(log, QStringList("serverError 1006 The address is not available"));
    QCOMPARE(server.error(), CloseCodeAbnormalDisconnection);
    QCOMPARE(server.errorString(), QString("The address is not available"));
    QVERIFY(!server.listen(QHostAddress("192.0.2.1")));
    QCOMPARE(log.size(), 1); // the same again is not news
}

void tst_QWebSocketServer::aPortInUse()
{
    QStringList log;
    QTcpServer first;
    QVERIFY(first.listen(QHostAddress::LocalHost));
    Server server;
    follow(&server, &log);
    QVERIFY(!server.listen(QHostAddress::LocalHost, first.serverPort()));
    QCOMPARE(log, QStringList("serverError 1006 The bound address is already in use"));
}

void tst_QWebSocketServer::listensAgainAfterClose()
{
    Server server;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const RawClient raw(server.serverPort());
        QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
        delete server.nextPendingConnection();
        server.close();
    }
}

void tst_QWebSocketServer::closedComesLater()
{
    QStringList log;
    Server server;
    follow(&server, &log);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    server.close();
    QCOMPARE(log, QStringList());
    QVERIFY(waitFor([&] { return !log.isEmpty(); }));
    QCOMPARE(log, QStringList("closed"));
}

void tst_QWebSocketServer::closedComesEvenIfItNeverListened()
{
    QStringList log;
    Server server;
    follow(&server, &log);
    server.close();
    QCOMPARE(log, QStringList());
    QVERIFY(waitFor([&] { return !log.isEmpty(); }));
    QCOMPARE(log, QStringList("closed"));
}

void tst_QWebSocketServer::pendingConnectionsComeInOrder()
{
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QSignalSpy connections(&server, &QWebSocketServer::newConnection);
    std::vector<std::unique_ptr<RawClient>> raws;
    for (int i = 0; i < 5; ++i) {
        raws.push_back(std::make_unique<RawClient>(
            server.serverPort(), upgradeRequest("X-Number: " + QByteArray::number(i) + "\r\n")));
        QVERIFY(waitFor([&] { return connections.count() == i + 1; }));
    }
    for (int i = 0; i < 5; ++i) {
        QVERIFY(server.hasPendingConnections());
        const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
        QCOMPARE(socket->request().rawHeader("X-Number"), QByteArray::number(i));
    }
    QVERIFY(!server.hasPendingConnections());
    QCOMPARE(server.nextPendingConnection(), nullptr);
}

void tst_QWebSocketServer::nextPendingConnectionCanBeOverridden()
{
    MarkingServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    QCOMPARE(server.asked, 0);
    QWebSocketServer *base = &server;
    const std::unique_ptr<QWebSocket> socket(base->nextPendingConnection());
    QCOMPARE(socket->objectName(), QString("marked"));
    QCOMPARE(server.asked, 1);
}

void tst_QWebSocketServer::theCallerOwnsWhatItTakes()
{
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    QPointer<QWebSocket> socket = server.nextPendingConnection();
    QCOMPARE(socket->parent(), nullptr);
    QSignalSpy closed(&server, &QWebSocketServer::closed);
    server.close();
    QVERIFY(waitFor([&] { return closed.count() == 1; }));
    QVERIFY(socket);
    delete socket;
    QVERIFY(waitFor([&] { return raw.isClosed() || !raw.frames().isEmpty(); }));
}

void tst_QWebSocketServer::closeEndsPendingConnectionsOnly()
{
    QStringList log;
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient taken(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    follow(socket.get(), &log);
    const RawClient pending(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections() && pending.isAnswered(); }));
    server.close();
    QVERIFY(!server.hasPendingConnections());
    QVERIFY(waitFor([&] { return !pending.frames().isEmpty(); }));
    QCOMPARE(described(pending.frames()), QByteArrayList{"88 1001 Server closed."});
    QVERIFY(socket->isValid());
    QVERIFY(waitFor([&] { return taken.isAnswered(); }));
    taken.socket.write(maskedFrame(0x81, "still there"));
    QVERIFY(waitFor([&] { return log.contains("text \"still there\""); }));
}

void tst_QWebSocketServer::destroyingEndsAllConnections()
{
    QStringList log;
    QStringList atServer;
    auto server = std::make_unique<Server>();
    follow(server.get(), &atServer);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    const RawClient taken(server->serverPort());
    QVERIFY(waitFor([&] { return server->hasPendingConnections() && taken.isAnswered(); }));
    const std::unique_ptr<QWebSocket> socket(server->nextPendingConnection());
    const RawClient pending(server->serverPort());
    QVERIFY(waitFor([&] { return server->hasPendingConnections() && pending.isAnswered(); }));
    follow(socket.get(), &log);
    atServer.clear();
    server.reset();
    QVERIFY(waitFor([&] { return !pending.frames().isEmpty() && taken.isClosed(); }));
    QCOMPARE(described(pending.frames()), QByteArrayList{"88 1001 Server closed."});
    QCOMPARE(described(taken.frames()), QByteArrayList());
    QCOMPARE(atServer, QStringList());
    QCOMPARE(socket->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(!socket->isValid());
    QCOMPARE(log.mid(0, 3), (QStringList{"aboutToClose in Connected", "Unconnected",
                                         "disconnected 1000 \"\""}));
}

void tst_QWebSocketServer::pausedServersAcceptLater()
{
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    server.pauseAccepting();
    QSignalSpy connections(&server, &QWebSocketServer::newConnection);
    const RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return raw.socket.state() == QAbstractSocket::ConnectedState; }));
    QVERIFY(!waitFor([&] { return connections.count() > 0; }, 200));
    server.resumeAccepting();
    QVERIFY(waitFor([&] { return connections.count() == 1 && raw.isAnswered(); }));
}

void tst_QWebSocketServer::aDescriptorIsTakenOver()
{
    QTcpServer tcp;
    QVERIFY(tcp.listen(QHostAddress::LocalHost));
    const quint16 port = tcp.serverPort();
    Server server;
#if WEBSOCKETS_SINCE(6, 0)
    QCOMPARE(server.socketDescriptor(), qintptr(-1));
    QVERIFY(server.setSocketDescriptor(tcp.socketDescriptor()));
    QCOMPARE(server.socketDescriptor(), tcp.socketDescriptor());
#else
    QCOMPARE(server.nativeDescriptor(), qintptr(-1));
    QVERIFY(server.setNativeDescriptor(tcp.socketDescriptor()));
    QCOMPARE(server.nativeDescriptor(), tcp.socketDescriptor());
#endif
    QVERIFY(server.isListening());
    QCOMPARE(server.serverPort(), port);
    tcp.pauseAccepting();
    const RawClient raw(port);
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
}

void tst_QWebSocketServer::aBadDescriptorIsRefused()
{
    Server server;
#if WEBSOCKETS_SINCE(6, 0)
    QVERIFY(!server.setSocketDescriptor(-2));
#else
    QVERIFY(!server.setNativeDescriptor(-2));
#endif
    QVERIFY(!server.isListening());
}

QTEST_GUILESS_MAIN(tst_QWebSocketServer)
#include "tst_qwebsocketserver.moc"
