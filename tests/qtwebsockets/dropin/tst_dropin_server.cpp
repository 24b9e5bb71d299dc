// Requests that Qt drops without a word, or takes although they are wrong.
#include "rawpeers.h"
#include "support.h"

class tst_DropInServer : public QuietTest
{
    Q_OBJECT

private:
    std::unique_ptr<QWebSocketServer> m_server;
    QStringList m_log;

    quint16 port() const { return m_server->serverPort(); }

private Q_SLOTS:
    void init();
    void cleanup();
    void malformedRequestsAreAnswered_data();
    void malformedRequestsAreAnswered();
    void connectionMayNameMore();
    void aHeaderPastTheLimitIsRefused();
    void aLargeHeaderIsTaken();
    void unsupportedExtensionsAreNotAnswered();
    void refusalsCloseTheConnection();
    void aClientThatHangsUpBeforeItsTurnIsNotAnnounced();
    void manyFailuresLeaveTheServerWell();
    void deletedServersEndTheirSocketsOnce();
};

void tst_DropInServer::init()
{
    QuietTest::init();
    m_server = std::make_unique<QWebSocketServer>("Bird/1", QWebSocketServer::NonSecureMode);
    m_log.clear();
    follow(m_server.get(), &m_log);
    QVERIFY(m_server->listen(QHostAddress::LocalHost));
}

void tst_DropInServer::cleanup()
{
    m_server.reset();
    QuietTest::cleanup();
}

void tst_DropInServer::malformedRequestsAreAnswered_data()
{
    QTest::addColumn<QByteArray>("request");
    const QByteArray valid = upgradeRequest();
    QTest::newRow("plain GET") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTest::newRow("POST") << QByteArray(valid).replace("GET ", "POST ");
    QTest::newRow("no Upgrade") << QByteArray(valid).replace("Upgrade: websocket\r\n", "");
    QTest::newRow("another Upgrade") << QByteArray(valid).replace("websocket\r\n", "h2c\r\n");
    QTest::newRow("no Connection") << QByteArray(valid).replace("Connection: Upgrade\r\n", "");
    QTest::newRow("no key") << QByteArray(valid).replace(
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "");
    QTest::newRow("no version") << QByteArray(valid).replace("Sec-WebSocket-Version: 13\r\n", "");
    QTest::newRow("no Host") << QByteArray(valid).replace("Host: example.org:8080\r\n", "");
    QTest::newRow("not HTTP") << QByteArray("hello\r\n\r\n");
    QTest::newRow("HTTP/1.0") << QByteArray(valid).replace("HTTP/1.1", "HTTP/1.0");
}

void tst_DropInServer::malformedRequestsAreAnswered()
{
    QFETCH(QByteArray, request);
    const RawClient raw(port(), request);
    QVERIFY(waitFor([&] { return raw.isClosed(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 4") || raw.received.startsWith("HTTP/1.0 4"),
             raw.received);
    QVERIFY(!m_server->hasPendingConnections());
    QVERIFY(waitFor([&] { return !m_log.isEmpty(); }));
    QVERIFY2(m_log.filter("serverError").size() == 1 && m_log.size() == 1,
             qPrintable(m_log.join('|')));
    QVERIFY(m_server->error() != CloseCodeNormal);
    QVERIFY(!m_server->errorString().isEmpty());
}

void tst_DropInServer::connectionMayNameMore()
{
    const QByteArray request =
        upgradeRequest().replace("Connection: Upgrade", "Connection: keep-alive, Upgrade");
    const RawClient raw(port(), request);
    QVERIFY(waitFor([&] { return raw.isAnswered(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 101 "), raw.received);
    QVERIFY(m_server->hasPendingConnections());
}

void tst_DropInServer::aHeaderPastTheLimitIsRefused()
{
    const RawClient raw(port(), upgradeRequest("X-Long: " + QByteArray(820000, 'x') + "\r\n"));
    QVERIFY(waitFor([&] { return raw.isClosed(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 4"), raw.received);
    QVERIFY(waitFor([&] { return !m_log.isEmpty(); }));
    QCOMPARE(m_log, QStringList("serverError 1009 Header is too large."));
}

void tst_DropInServer::aLargeHeaderIsTaken()
{
    const RawClient raw(port(), upgradeRequest("X-Long: " + QByteArray(700000, 'x') + "\r\n"));
    QVERIFY(waitFor([&] { return raw.isAnswered() || raw.isClosed(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 101 "), raw.received);
    const std::unique_ptr<QWebSocket> socket(m_server->nextPendingConnection());
    QCOMPARE(socket->request().rawHeader("X-Long").size(), 700000);
}

void tst_DropInServer::unsupportedExtensionsAreNotAnswered()
{
    const RawClient raw(port(), upgradeRequest("Sec-WebSocket-Extensions: x-unknown; a=b\r\n"));
    QVERIFY(waitFor([&] { return raw.isAnswered(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 101 "), raw.received);
    QCOMPARE(field(raw.received, "Sec-WebSocket-Extensions"), QByteArray());
}

void tst_DropInServer::refusalsCloseTheConnection()
{
    connect(m_server.get(), &QWebSocketServer::originAuthenticationRequired, this,
            [](QWebSocketCorsAuthenticator *authenticator) { authenticator->setAllowed(false); });
    const RawClient raw(port(), upgradeRequest("Origin: https://elsewhere.example\r\n"));
    QVERIFY(waitFor([&] { return raw.isClosed(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 403 Access Forbidden\r\n"), raw.received);
}

void tst_DropInServer::aClientThatHangsUpBeforeItsTurnIsNotAnnounced()
{
    {
        RawClient raw(port(), upgradeRequest().left(50));
        QVERIFY(waitFor([&] { return raw.socket.bytesToWrite() == 0
                                  && raw.socket.state() == QAbstractSocket::ConnectedState; }));
        raw.socket.abort();
    }
    const RawClient next(port());
    QVERIFY(waitFor([&] { return next.isAnswered(); }));
    QCOMPARE(m_log.filter("newConnection").size(), 1);
}

void tst_DropInServer::manyFailuresLeaveTheServerWell()
{
    for (int i = 0; i < 100; ++i) {
        const RawClient raw(port(), i % 2 ? QByteArray("nonsense\r\n\r\n")
                                          : upgradeRequest({}, "8"));
        QVERIFY(waitFor([&] { return raw.isClosed(); }));
    }
    const RawClient good(port());
    QVERIFY(waitFor([&] { return good.isAnswered(); }));
    QVERIFY2(good.received.startsWith("HTTP/1.1 101 "), good.received);
    QVERIFY(m_server->hasPendingConnections());
}

void tst_DropInServer::deletedServersEndTheirSocketsOnce()
{
    QStringList log;
    QWebSocket client;
    client.open(m_server->serverUrl());
    QVERIFY(waitFor([&] { return client.isValid() && m_server->hasPendingConnections(); }));
    const std::unique_ptr<QWebSocket> socket(m_server->nextPendingConnection());
    follow(socket.get(), &log);
    m_server.reset();
    QVERIFY(waitFor([&] { return log.contains("disconnected 1000 \"\"")
                              && client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(log.mid(0, 3), (QStringList{"aboutToClose in Connected", "Unconnected",
                                         "disconnected 1000 \"\""}));
    QCOMPARE(log.filter("disconnected").size(), 1);
    QCOMPARE(socket->sendTextMessage("late"), qint64(0));
}

QTEST_GUILESS_MAIN(tst_DropInServer)
#include "tst_dropin_server.moc"
