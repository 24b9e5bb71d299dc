// What the members of a QWebSocket say while it connects, when it is connected, and afterwards,
// on either side.
#include "rawpeers.h"
#include "support.h"

class tst_QWebSocketConnected : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void openSetsStateAndNamesBeforeItReturns();
    void connectingHasNoAddressesYet();
    void bothSidesAreValidWhenConnected();
    void addressesBelongTogether();
    void theClientKnowsItsRequest_data();
    void theClientKnowsItsRequest();
    void theServersSideKnowsTheRequest();
    void theServersSideHasAllHeaders();
    void theServersSideBelongsToItsCaller();
    void nothingIsLeftOfTheAddressesAfterTheEnd();
    void settingsSurviveAConnection();
    void aSocketOpensAgain();
    void closeThenOpenConnectsAnew();
    void openWhileConnectedTakesANewConnection();
    void openFromUrlsThatAreTexts();
};

void tst_QWebSocketConnected::openSetsStateAndNamesBeforeItReturns()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QUrl url = server.serverUrl();
    url.setHost("localhost");
    QWebSocket socket;
    socket.open(url);
    QCOMPARE(socket.state(), QAbstractSocket::ConnectingState);
    QCOMPARE(socket.peerName(), QString("localhost"));
    QCOMPARE(socket.requestUrl(), url);
    QCOMPARE(socket.resourceName(), QString("/"));
    QVERIFY(!socket.isValid());
}

void tst_QWebSocketConnected::connectingHasNoAddressesYet()
{
    RawServer server;
    QWebSocket socket;
    socket.open(server.url());
    QVERIFY(socket.localAddress().isNull());
    QCOMPARE(socket.localPort(), quint16(0));
    QVERIFY(socket.peerAddress().isNull());
    QCOMPARE(socket.peerPort(), quint16(0));
    QVERIFY(!socket.errorString().isEmpty());
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    QCOMPARE(socket.sendTextMessage("too early"), qint64(0));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(server.received, QByteArray());
}

void tst_QWebSocketConnected::bothSidesAreValidWhenConnected()
{
    Pair pair;
    QVERIFY(pair.open());
    for (const QWebSocket *socket : {pair.client.get(), pair.peer.get()}) {
        QVERIFY(socket->isValid());
        QCOMPARE(socket->state(), QAbstractSocket::ConnectedState);
        QCOMPARE(socket->version(), Version13);
        QCOMPARE(socket->closeCode(), CloseCodeNormal);
        QCOMPARE(socket->closeReason(), QString());
        QCOMPARE(socket->error(), QAbstractSocket::UnknownSocketError);
    }
}

void tst_QWebSocketConnected::addressesBelongTogether()
{
    Pair pair;
    QVERIFY(pair.open());
    QCOMPARE(pair.client->peerPort(), pair.server.serverPort());
    QCOMPARE(pair.peer->localPort(), pair.server.serverPort());
    QVERIFY(pair.client->localPort() != 0);
    QCOMPARE(pair.client->localPort(), pair.peer->peerPort());
    const QHostAddress local(QHostAddress::LocalHost);
    QCOMPARE(pair.client->peerAddress(), local);
    QCOMPARE(pair.client->localAddress(), local);
    QCOMPARE(pair.peer->peerAddress(), local);
    QCOMPARE(pair.peer->localAddress(), local);
    QCOMPARE(pair.client->peerName(), QString("127.0.0.1"));
}

void tst_QWebSocketConnected::theClientKnowsItsRequest_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("resource");
    QTest::newRow("none") << "" << "/";
    QTest::newRow("root") << "/" << "/";
    QTest::newRow("path") << "/a/b" << "/a/b";
    QTest::newRow("query") << "/a?b=c&d=e" << "/a?b=c&d=e";
    QTest::newRow("encoded") << "/a%20b?c=%C3%A4" << "/a%20b?c=%C3%A4";
    QTest::newRow("to be encoded") << "/a b?c=d e" << "/a%20b?c=d%20e";
    QTest::newRow("fragment") << "/a#part" << "/a";
}

void tst_QWebSocketConnected::theClientKnowsItsRequest()
{
    QFETCH(QString, path);
    QFETCH(QString, resource);
    Pair pair("https://example.org");
    QVERIFY(pair.open(path));
    QCOMPARE(pair.client->resourceName(), resource);
    QCOMPARE(pair.client->requestUrl(), QUrl(pair.server.serverUrl().toString() + path));
    QCOMPARE(pair.client->request().url(), pair.client->requestUrl());
    QCOMPARE(pair.client->origin(), QString("https://example.org"));
}

void tst_QWebSocketConnected::theServersSideKnowsTheRequest()
{
    Pair pair("https://example.org");
    QVERIFY(pair.open("/chat?room=1"));
    const QUrl url(QString("ws://127.0.0.1:%1/chat?room=1").arg(pair.server.serverPort()));
    QCOMPARE(pair.peer->requestUrl(), url);
    QCOMPARE(pair.peer->request().url(), url);
    QCOMPARE(pair.peer->resourceName(), url.toString());
    QCOMPARE(pair.peer->origin(), QString("https://example.org"));
}

void tst_QWebSocketConnected::theServersSideHasAllHeaders()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const RawClient raw(server.serverPort(), upgradeRequest("X-One: 1\r\nCookie: a=b\r\n"));
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    QCOMPARE(socket->requestUrl(), QUrl("ws://example.org:8080/chat?room=1"));
    const QNetworkRequest request = socket->request();
    QCOMPARE(request.rawHeader("X-One"), QByteArray("1"));
    QCOMPARE(request.rawHeader("cookie"), QByteArray("a=b"));
    QCOMPARE(request.rawHeader("Host"), QByteArray("example.org:8080"));
    QCOMPARE(request.rawHeader("Sec-WebSocket-Key"), QByteArray("dGhlIHNhbXBsZSBub25jZQ=="));
    QCOMPARE(request.rawHeader("Sec-WebSocket-Version"), QByteArray("13"));
    QCOMPARE(socket->origin(), QString());
}

void tst_QWebSocketConnected::theServersSideBelongsToItsCaller()
{
    Pair pair;
    QVERIFY(pair.open());
    QCOMPARE(pair.peer->parent(), nullptr);
}

void tst_QWebSocketConnected::nothingIsLeftOfTheAddressesAfterTheEnd()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.client->close();
    QVERIFY(waitFor([&] {
        return pair.client->state() == QAbstractSocket::UnconnectedState
            && pair.peer->state() == QAbstractSocket::UnconnectedState;
    }));
    for (const QWebSocket *socket : {pair.client.get(), pair.peer.get()}) {
        QVERIFY(!socket->isValid());
        QVERIFY(socket->peerAddress().isNull());
        QVERIFY(socket->localAddress().isNull());
        QCOMPARE(socket->peerPort(), quint16(0));
        QCOMPARE(socket->localPort(), quint16(0));
        QCOMPARE(socket->bytesToWrite(), qint64(0));
    }
}

void tst_QWebSocketConnected::settingsSurviveAConnection()
{
    Pair pair;
    pair.client->setMaxAllowedIncomingFrameSize(10);
    pair.client->setMaxAllowedIncomingMessageSize(11);
    pair.client->setOutgoingFrameSize(12);
    pair.client->setReadBufferSize(13000);
    QVERIFY(pair.open());
    pair.client->close();
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->maxAllowedIncomingFrameSize(), quint64(10));
    QCOMPARE(pair.client->maxAllowedIncomingMessageSize(), quint64(11));
    QCOMPARE(pair.client->outgoingFrameSize(), quint64(12));
    QCOMPARE(pair.client->readBufferSize(), qint64(13000));
}

void tst_QWebSocketConnected::aSocketOpensAgain()
{
    Pair pair;
    for (int i = 0; i < 5; ++i) {
        QVERIFY(pair.open("/" + QString::number(i)));
        QSignalSpy texts(pair.client.get(), &QWebSocket::textMessageReceived);
        QCOMPARE(pair.peer->sendTextMessage(QString::number(i)), qint64(1));
        QVERIFY(waitFor([&] { return texts.count() == 1; }));
        QCOMPARE(texts.at(0).at(0).toString(), QString::number(i));
        pair.client->close();
        QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    }
}

void tst_QWebSocketConnected::closeThenOpenConnectsAnew()
{
    for (int i = 0; i < 30; ++i) {
        QStringList log;
        Pair pair;
        QVERIFY(pair.open());
        std::unique_ptr<QWebSocket> first = std::move(pair.peer);
        follow(pair.client.get(), &log);
        pair.client->close(CloseCodeGoingAway, "moving on");
        pair.client->open(pair.server.serverUrl());
        QVERIFY(waitFor([&] { return pair.isOpen(); }));
        QVERIFY(waitFor([&] { return first->state() == QAbstractSocket::UnconnectedState; }));
        QCOMPARE(first->closeCode(), CloseCodeGoingAway);
        QCOMPARE(first->closeReason(), QString("moving on"));
        pair.peer->sendTextMessage("second");
        QVERIFY(waitFor([&] { return log.contains("text \"second\""); }));
        QCOMPARE(log, closeOrder(1001, "moving on")
                     << "Connecting" << "Connected" << "connected"
                     << "text frame \"second\" last" << "text \"second\"");
    }
}

void tst_QWebSocketConnected::openWhileConnectedTakesANewConnection()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    std::unique_ptr<QWebSocket> first = std::move(pair.peer);
    follow(pair.client.get(), &log);
    pair.client->open(pair.server.serverUrl());
    QVERIFY(waitFor([&] { return pair.isOpen(); }));
    QVERIFY(waitFor([&] { return first->state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY2(!log.join('|').contains("disconnected"), qPrintable(log.join('|')));
    pair.peer->sendTextMessage("second");
    QVERIFY(waitFor([&] { return log.contains("text \"second\""); }));
}

void tst_QWebSocketConnected::openFromUrlsThatAreTexts()
{
    RawServer server;
    QWebSocket socket;
    socket.open(server.url().toString());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
}

QTEST_GUILESS_MAIN(tst_QWebSocketConnected)
#include "tst_qwebsocket_connected.moc"
