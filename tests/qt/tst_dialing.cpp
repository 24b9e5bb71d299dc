// How a connection is made: TCP's options, Unix domain sockets, addresses with a scope.
#include "support.h"

#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QNetworkInterface>
#include <QtNetwork/QNetworkProxy>

class tst_Dialing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void optionsAreValues();
    void optionsAreClamped();
    void theLocalAddressIsUsed();
    void aForeignLocalAddressIsAnError();
    void allOptionsTogetherOpenAConnection();
    void unixSocketsInBothRoles_data();
    void unixSocketsInBothRoles();
    void permissionsAreSet();
    void aPathIsListenedAtOnce();
    void aPathWithoutAServerIsRefused();
    void aServerListensAtItsPortAfterItsPath();
    void theDropInsRuleHoldsForUrlsWithoutAHost();
    void addressesHaveAScope();
};

void tst_Dialing::optionsAreValues()
{
    WebSocketTcpOptions options;
    QCOMPARE(options.connectTimeout().count(), 0);
    QVERIFY(options.isNoDelay());
    QCOMPARE(options.keepAliveIdle().count(), 0);
    QVERIFY(options.localAddress().isNull());
    WebSocketTcpOptions other = options;
    other.setNoDelay(false);
    other.setLocalAddress(QHostAddress::LocalHost, 7);
    QVERIFY(options != other && options.isNoDelay());
    options = other;
    QVERIFY(options == other);
    WebSocket socket;
    socket.setTcpOptions(options);
    QVERIFY(socket.tcpOptions() == options);
    QCOMPARE(socket.tcpOptions().localPort(), quint16(7));
}

void tst_Dialing::optionsAreClamped()
{
    WebSocketTcpOptions options;
    options.setConnectTimeout(std::chrono::milliseconds(-1));
    options.setKeepAliveIdle(std::chrono::hours(1000));
    options.setKeepAliveInterval(std::chrono::seconds(-1));
    options.setKeepAliveCount(1000);
    QCOMPARE(options.connectTimeout().count(), 0);
    QCOMPARE(options.keepAliveIdle().count(), 32767);
    QCOMPARE(options.keepAliveInterval().count(), 0);
    QCOMPARE(options.keepAliveCount(), 127);
}

void tst_Dialing::theLocalAddressIsUsed()
{
    Pair pair;
    WebSocketTcpOptions options;
    options.setLocalAddress(QHostAddress("127.0.0.2"));
    pair.client->setTcpOptions(options);
    QVERIFY(pair.open());
    QCOMPARE(pair.client->localAddress(), QHostAddress("127.0.0.2"));
    QCOMPARE(pair.peer->peerAddress(), QHostAddress("127.0.0.2"));
}

void tst_Dialing::aForeignLocalAddressIsAnError()
{
    RawServer server;
    WebSocketTcpOptions options;
    options.setLocalAddress(QHostAddress("192.0.2.1"));
    WebSocket socket;
    socket.setTcpOptions(options);
    socket.open(server.url());
    QVERIFY(waitFor(
        [&] { return socket.error() == QAbstractSocket::SocketAddressNotAvailableError; }));
}

void tst_Dialing::allOptionsTogetherOpenAConnection()
{
    Pair pair;
    WebSocketTcpOptions options;
    options.setConnectTimeout(std::chrono::seconds(5));
    options.setNoDelay(false);
    options.setKeepAliveIdle(std::chrono::seconds(60));
    options.setKeepAliveInterval(std::chrono::seconds(10));
    options.setKeepAliveCount(3);
    pair.client->setTcpOptions(options);
    QVERIFY(pair.open());
    // Interval and count without a beginning.
    options.setKeepAliveIdle(std::chrono::seconds(0));
    Pair other;
    other.client->setTcpOptions(options);
    QVERIFY(other.open());
}

void tst_Dialing::unixSocketsInBothRoles_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("simple") << "chat.sock";
    QTest::newRow("with what URLs encode") << QString::fromUtf8("a b:c%41?#\xc3\xb6");
}

void tst_Dialing::unixSocketsInBothRoles()
{
    QFETCH(QString, name);
    QTemporaryDir folder;
    const QString path = folder.filePath(name);
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    std::unique_ptr<WebSocket> peer;
    connect(&server, &WebSocketServer::newConnection, [&] {
        peer.reset(server.nextPendingConnection());
        connect(peer.get(), &WebSocket::textMessageReceived, peer.get(),
                &WebSocket::sendTextMessage);
    });
    QVERIFY2(server.listenLocal(path), qPrintable(server.errorString()));
    QVERIFY(server.isListening());
    QCOMPARE(server.serverPort(), quint16(0));
    QVERIFY(server.serverAddress().isNull());
    QCOMPARE(server.serverUrl().scheme(), QString("ws+unix"));

    WebSocket socket;
    // It never leads there.
    socket.setProxy(QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1", 1));
    QString received;
    connect(&socket, &WebSocket::connected, [&] { socket.sendTextMessage("tweet"); });
    connect(&socket, &WebSocket::textMessageReceived,
            [&](const QString &message) { received = message; });
    QUrl url = server.serverUrl();
    url.setPath(url.path(QUrl::FullyEncoded) + "song", QUrl::TolerantMode);
    url.setQuery("a=b");
    socket.open(url);
    QVERIFY2(waitFor([&] { return received == "tweet"; }), qPrintable(socket.errorString()));
    QCOMPARE(socket.resourceName(), QString("/song?a=b"));
    QCOMPARE(peer->request().rawHeader("Host"), QByteArray("localhost"));
    QCOMPARE(peer->requestUrl(), QUrl("ws://localhost/song?a=b"));
    QVERIFY(peer->peerAddress().isNull());
    server.close();
    QVERIFY(waitFor([&] { return !QFileInfo::exists(path); }));
}

void tst_Dialing::permissionsAreSet()
{
    QTemporaryDir folder;
    const QString path = folder.filePath("chat.sock");
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    QVERIFY(server.listenLocal(path, QFileDevice::ReadOwner | QFileDevice::WriteOwner
                                   | QFileDevice::ReadGroup));
    const QFileDevice::Permissions permissions = QFileInfo(path).permissions();
    QVERIFY(permissions.testFlag(QFileDevice::WriteOwner));
    QVERIFY(permissions.testFlag(QFileDevice::ReadGroup));
    QVERIFY(!permissions.testFlag(QFileDevice::WriteGroup));
    QVERIFY(!permissions.testFlag(QFileDevice::ReadOther));
    QVERIFY(!permissions.testFlag(QFileDevice::ExeOwner));
}

void tst_Dialing::aPathIsListenedAtOnce()
{
    QTemporaryDir folder;
    const QString path = folder.filePath("chat.sock");
    QLocalServer first;
    QVERIFY(first.listen(path));
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    int errors = 0;
    connect(&server, &WebSocketServer::serverError, [&] { ++errors; });
    QVERIFY(!server.listenLocal(path));
    QCOMPARE(errors, 1);
    QCOMPARE(server.errorString(), QString("The bound address is already in use"));
    QVERIFY(!server.listenLocal(QString()));
    QVERIFY(!server.isListening());
    QCOMPARE(server.serverUrl(), QUrl());
}

void tst_Dialing::aPathWithoutAServerIsRefused()
{
    QTemporaryDir folder;
    WebSocket socket;
    socket.open(QUrl("ws+unix://" + folder.filePath("nobody") + ":/"));
    QVERIFY(waitFor([&] { return socket.error() == QAbstractSocket::ConnectionRefusedError; }));
    QStringList log;
    WebSocket other;
    record(&other, &log);
    other.open(QUrl("ws+unix:relative:/"));
    QCOMPARE(log, (QStringList{"errorOccurred 0 in UnconnectedState", "error 0"}));
}

void tst_Dialing::aServerListensAtItsPortAfterItsPath()
{
    QTemporaryDir folder;
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    QVERIFY(server.listenLocal(folder.filePath("chat.sock")));
    server.close();
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QCOMPARE(server.serverUrl().scheme(), QString("ws"));
    RawClient client(server);
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
}

void tst_Dialing::theDropInsRuleHoldsForUrlsWithoutAHost()
{
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.open(QUrl("ws:///path"));
    QCOMPARE(log, (QStringList{"errorOccurred 0 in UnconnectedState", "error 0"}));
}

void tst_Dialing::addressesHaveAScope()
{
    QHostAddress own;
    const QList<QHostAddress> addresses = QNetworkInterface::allAddresses();
    for (const QHostAddress &address : addresses) {
        if (address.isLinkLocal() && !address.scopeId().isEmpty())
            own = address;
    }
    if (own.isNull())
        QSKIP("this machine has no link-local IPv6 address");
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    QVERIFY2(server.listen(), qPrintable(server.errorString()));
    std::unique_ptr<WebSocket> peer;
    connect(&server, &WebSocketServer::newConnection,
            [&] { peer.reset(server.nextPendingConnection()); });
    const QString port = QString::number(server.serverPort());
    QUrl url("ws://host:" + port + "/");
    url.setHost(own.toString());
    QVERIFY2(url.toEncoded().contains("%25"), url.toEncoded());
    WebSocketTcpOptions from;
    from.setLocalAddress(own);
    for (const WebSocketTcpOptions &options : {WebSocketTcpOptions(), from}) {
        WebSocket socket;
        socket.setTcpOptions(options);
        socket.open(url);
        QVERIFY2(waitFor([&] { return peer && socket.isValid(); }),
                 qPrintable(socket.errorString()));
        // The Host field knows no scope (RFC 6874 section 4).
        QHostAddress plain = own;
        plain.setScopeId(QString());
        QCOMPARE(peer->request().rawHeader("Host"),
                 ("[" + plain.toString() + "]:" + port).toLatin1());
        QVERIFY(socket.peerAddress().isLinkLocal());
        peer.reset();
    }
}

QTEST_GUILESS_MAIN(tst_Dialing)
#include "tst_dialing.moc"
