// handleConnection(): sockets that the application accepted by itself.
#include "rawpeers.h"
#include "support.h"

namespace {

/// A TCP server of the application and a WebSocket server beside it, which may listen or not.
struct Both
{
    QTcpServer tcp;
    QWebSocketServer server{"Bird/1", QWebSocketServer::NonSecureMode};
    QStringList log;

    Both()
    {
        tcp.listen(QHostAddress::LocalHost);
        follow(&server, &log);
    }
    QTcpSocket *accept()
    {
        waitFor([this] { return tcp.hasPendingConnections(); });
        return tcp.nextPendingConnection();
    }
    QUrl url() const { return QUrl(QString("ws://127.0.0.1:%1/own").arg(tcp.serverPort())); }
};

} // namespace

class tst_QWebSocketServerSockets : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void aSocketBecomesAConnection_data();
    void aSocketBecomesAConnection();
    void dataThatWasBufferedIsRead();
    void aRequestInPiecesIsRead();
    void largeMessagesGoBothWays();
    void closingReachesThePeer();
    void thePeersCloseArrives();
    void aDropArrives();
    void destroyingTheConnectionEndsTheSocket();
    void theOriginMayBeRefused();
    void noTimeoutApplies();
    void aSocketThatIsNoneIsIgnored();
};

void tst_QWebSocketServerSockets::aSocketBecomesAConnection_data()
{
    QTest::addColumn<bool>("listens");
    QTest::newRow("the server listens") << true;
    QTest::newRow("the server does not listen") << false;
}

void tst_QWebSocketServerSockets::aSocketBecomesAConnection()
{
    QStringList log;
    QFETCH(bool, listens);
    Both both;
    if (listens)
        QVERIFY(both.server.listen(QHostAddress::LocalHost));
    QWebSocket client("https://example.org");
    follow(&client, &log);
    client.open(both.url());
    both.server.handleConnection(both.accept());
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && client.isValid(); }));
    QCOMPARE(both.log, (QStringList{"origin \"https://example.org\"", "newConnection"}));
    const std::unique_ptr<QWebSocket> socket(both.server.nextPendingConnection());
    QCOMPARE(socket->requestUrl(), both.url());
    QCOMPARE(socket->origin(), QString("https://example.org"));
    QCOMPARE(socket->peerPort(), client.localPort());
    QCOMPARE(socket->localPort(), both.tcp.serverPort());
    QVERIFY(socket->isValid());
    QObject::connect(socket.get(), &QWebSocket::textMessageReceived, socket.get(),
                     &QWebSocket::sendTextMessage);
    client.sendTextMessage("echo");
    QVERIFY(waitFor([&] { return log.contains("text \"echo\""); }));
}

void tst_QWebSocketServerSockets::dataThatWasBufferedIsRead()
{
    Both both;
    const RawClient raw(both.tcp.serverPort());
    QTcpSocket *accepted = both.accept();
    QVERIFY(waitFor([&] { return accepted->bytesAvailable() == upgradeRequest().size(); }));
    both.server.handleConnection(accepted);
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 101 "), raw.received);
    QCOMPARE(field(raw.received, "Server"), QByteArray("Bird/1"));
    QCOMPARE(field(raw.received, "Sec-WebSocket-Accept"),
             QByteArray("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

void tst_QWebSocketServerSockets::aRequestInPiecesIsRead()
{
    Both both;
    const QByteArray request = upgradeRequest();
    RawClient raw(both.tcp.serverPort(), request.left(20));
    QTcpSocket *accepted = both.accept();
    QVERIFY(waitFor([&] { return accepted->bytesAvailable() == 20; }));
    both.server.handleConnection(accepted);
    for (int at = 20; at < request.size(); at += 50) {
        raw.socket.write(request.mid(at, 50));
        QVERIFY(waitFor([&] { return raw.socket.bytesToWrite() == 0; }));
    }
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
}

void tst_QWebSocketServerSockets::largeMessagesGoBothWays()
{
    Both both;
    QWebSocket client;
    client.open(both.url());
    both.server.handleConnection(both.accept());
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && client.isValid(); }));
    const std::unique_ptr<QWebSocket> socket(both.server.nextPendingConnection());
    QObject::connect(socket.get(), &QWebSocket::binaryMessageReceived, socket.get(),
                     &QWebSocket::sendBinaryMessage);
    QSignalSpy echoes(&client, &QWebSocket::binaryMessageReceived);
    const QByteArray data(3 << 20, 'x');
    client.sendBinaryMessage(data);
    client.sendBinaryMessage("end");
    QVERIFY(waitFor([&] { return echoes.count() == 2; }));
    QVERIFY(echoes.at(0).at(0).toByteArray() == data);
    QCOMPARE(echoes.at(1).at(0).toByteArray(), QByteArray("end"));
}

void tst_QWebSocketServerSockets::closingReachesThePeer()
{
    QStringList log;
    Both both;
    const RawClient raw(both.tcp.serverPort());
    both.server.handleConnection(both.accept());
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
    const std::unique_ptr<QWebSocket> socket(both.server.nextPendingConnection());
    follow(socket.get(), &log);
    socket->close(CloseCodePolicyViolated, "no");
    QVERIFY(waitFor([&] { return !framesOf(raw.frames()).isEmpty(); }));
    QCOMPARE(described(raw.frames()), QByteArrayList{"88 1008 no"});
    QCOMPARE(log, closeOrder(1008, "no"));
}

void tst_QWebSocketServerSockets::thePeersCloseArrives()
{
    QStringList log;
    Both both;
    RawClient raw(both.tcp.serverPort());
    both.server.handleConnection(both.accept());
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
    const std::unique_ptr<QWebSocket> socket(both.server.nextPendingConnection());
    follow(socket.get(), &log);
    raw.socket.write(maskedFrame(0x81, "bye") + maskedFrame(0x88, closePayload(1001, "gone")));
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(log, QStringList({"text frame \"bye\" last", "text \"bye\""})
                 + closeOrder(1001, "gone"));
    QVERIFY(waitFor([&] { return !framesOf(raw.frames()).isEmpty(); }));
    QVERIFY2(described(raw.frames()).value(0).startsWith("88 1001"),
             described(raw.frames()).join('|'));
}

void tst_QWebSocketServerSockets::aDropArrives()
{
    QStringList log;
    Both both;
    RawClient raw(both.tcp.serverPort());
    both.server.handleConnection(both.accept());
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
    const std::unique_ptr<QWebSocket> socket(both.server.nextPendingConnection());
    follow(socket.get(), &log);
    raw.socket.disconnectFromHost();
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(log, (QStringList{"error 1 in Connected", "Closing", "Unconnected",
                               "disconnected 1000 \"\"", "readChannelFinished"}));
}

void tst_QWebSocketServerSockets::destroyingTheConnectionEndsTheSocket()
{
    Both both;
    RawClient raw(both.tcp.serverPort());
    QPointer<QTcpSocket> accepted = both.accept();
    both.server.handleConnection(accepted);
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
    delete both.server.nextPendingConnection();
    QVERIFY(waitFor([&] { return !framesOf(raw.frames()).isEmpty(); }));
    QCOMPARE(described(raw.frames()), QByteArrayList{"88 1001 Connection closed"});
    raw.socket.write(maskedFrame(0x88, closePayload(1001)));
    raw.socket.disconnectFromHost();
    QVERIFY(waitFor([&] { return accepted.isNull(); }));
}

void tst_QWebSocketServerSockets::theOriginMayBeRefused()
{
    Both both;
    connect(&both.server, &QWebSocketServer::originAuthenticationRequired, this,
            [](QWebSocketCorsAuthenticator *authenticator) { authenticator->setAllowed(false); });
    const RawClient raw(both.tcp.serverPort());
    both.server.handleConnection(both.accept());
    QVERIFY(waitFor([&] { return raw.isClosed(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 403 "), raw.received);
    QVERIFY(!both.server.hasPendingConnections());
}

void tst_QWebSocketServerSockets::noTimeoutApplies()
{
    Both both;
    both.server.setHandshakeTimeout(50);
    RawClient raw(both.tcp.serverPort(), {});
    both.server.handleConnection(both.accept());
    QVERIFY(!waitFor([&] { return raw.isClosed(); }, 300));
    raw.socket.write(upgradeRequest());
    QVERIFY(waitFor([&] { return both.server.hasPendingConnections() && raw.isAnswered(); }));
}

void tst_QWebSocketServerSockets::aSocketThatIsNoneIsIgnored()
{
    Both both;
    both.server.handleConnection(nullptr);
    QVERIFY(!both.server.hasPendingConnections());
    QCOMPARE(both.log, QStringList());
}

QTEST_GUILESS_MAIN(tst_QWebSocketServerSockets)
#include "tst_qwebsocketserver_sockets.moc"
