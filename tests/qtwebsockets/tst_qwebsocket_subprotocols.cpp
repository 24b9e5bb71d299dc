// Subprotocols of either side: asked for, chosen, left out (Qt 6.4).
#include "rawpeers.h"
#include "support.h"

#include <QtWebSockets/QWebSocketHandshakeOptions>

namespace {

QWebSocketHandshakeOptions optionsOf(const QStringList &names)
{
    QWebSocketHandshakeOptions options;
    options.setSubprotocols(names);
    return options;
}

} // namespace

class tst_QWebSocketSubprotocols : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void aSocketStartsWithoutThem();
    void theRequestListsThem();
    void thoseOfTheHeaderFollow();
    void invalidNamesAreLeftOutWithAWarning();
    void theServersChoiceIsKnown();
    void theServerTakesTheFirstThatItSupports_data();
    void theServerTakesTheFirstThatItSupports();
    void theServersSideHasTheWholeHeader();
    void theServerKeepsItsList();
    void openingAgainForgetsThem();
};

void tst_QWebSocketSubprotocols::aSocketStartsWithoutThem()
{
    const QWebSocket socket;
    QCOMPARE(socket.subprotocol(), QString());
    QVERIFY(socket.handshakeOptions() == QWebSocketHandshakeOptions());
}

void tst_QWebSocketSubprotocols::theRequestListsThem()
{
    RawServer server;
    server.answer = RawServer::switching("Sec-WebSocket-Protocol: b\r\n");
    QWebSocket socket;
    socket.open(server.url(), optionsOf({"a", "b"}));
    QVERIFY(socket.handshakeOptions() == optionsOf({"a", "b"}));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(field(server.request, "Sec-WebSocket-Protocol"), QByteArray("a, b"));
    const QByteArray request = server.request.toLower();
    QVERIFY2(request.endsWith("13\r\nsec-websocket-protocol: a, b\r\n\r\n"), server.request);
    QCOMPARE(socket.subprotocol(), QString("b"));
}

void tst_QWebSocketSubprotocols::thoseOfTheHeaderFollow()
{
    RawServer server;
    QNetworkRequest request(server.url());
    request.setRawHeader("Sec-WebSocket-Protocol", "b, c,d");
    QWebSocket socket;
    socket.open(request, optionsOf({"a", "b"}));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(field(server.request, "Sec-WebSocket-Protocol"), QByteArray("a, b, c, d"));
    QCOMPARE(server.request.toLower().count("sec-websocket-protocol"), 1);
    QCOMPARE(socket.subprotocol(), QString());
}

void tst_QWebSocketSubprotocols::invalidNamesAreLeftOutWithAWarning()
{
    RawServer server;
    const QString text = R"(Ignoring invalid WebSocket subprotocol name "%1")";
    const QStringList invalid{"with space", "a,b", "quo\"ted"};
    for (const QString &name : invalid) {
        QString shown = name;
        const QString warning = text.arg(shown.replace('"', "\\\""));
        allowWarning(warning);
        QTest::ignoreMessage(QtWarningMsg, qPrintable(warning));
    }
    QWebSocket socket;
    socket.open(server.url(), optionsOf(invalid + QStringList("good")));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(field(server.request, "Sec-WebSocket-Protocol"), QByteArray("good"));
}

void tst_QWebSocketSubprotocols::theServersChoiceIsKnown()
{
    Pair pair;
    pair.server.setSupportedSubprotocols({"soap", "chat"});
    QVERIFY(pair.server.listen(QHostAddress::LocalHost));
    pair.client->open(pair.server.serverUrl(), optionsOf({"other", "chat"}));
    QVERIFY(waitFor([&] { return pair.client->isValid(); }));
    pair.peer.reset(pair.server.nextPendingConnection());
    QCOMPARE(pair.client->subprotocol(), QString("chat"));
    QCOMPARE(pair.peer->subprotocol(), QString("chat"));
}

void tst_QWebSocketSubprotocols::theServerTakesTheFirstThatItSupports_data()
{
    QTest::addColumn<QStringList>("supported");
    QTest::addColumn<QByteArray>("asked");
    QTest::addColumn<QByteArray>("chosen");
    QTest::newRow("the client prefers") << QStringList{"a", "b"} << QByteArray("b, a")
                                        << QByteArray("b");
    QTest::newRow("second") << QStringList{"a"} << QByteArray("x, a") << QByteArray("a");
    QTest::newRow("none in common") << QStringList{"a"} << QByteArray("x") << QByteArray();
    QTest::newRow("none supported") << QStringList() << QByteArray("x") << QByteArray();
    QTest::newRow("none asked for") << QStringList{"a"} << QByteArray() << QByteArray();
    QTest::newRow("case counts") << QStringList{"a"} << QByteArray("A") << QByteArray();
}

void tst_QWebSocketSubprotocols::theServerTakesTheFirstThatItSupports()
{
    QFETCH(QStringList, supported);
    QFETCH(QByteArray, asked);
    QFETCH(QByteArray, chosen);
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    server.setSupportedSubprotocols(supported);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QByteArray fields = asked.isEmpty() ? asked : "Sec-WebSocket-Protocol: " + asked + "\r\n";
    const RawClient raw(server.serverPort(), upgradeRequest(fields));
    QVERIFY(waitFor([&] { return raw.isAnswered(); }));
    QVERIFY2(raw.received.startsWith("HTTP/1.1 101 "), raw.received);
    QCOMPARE(field(raw.received, "Sec-WebSocket-Protocol"), chosen);
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    QVERIFY(socket);
    QCOMPARE(socket->subprotocol(), QString(chosen));
}

void tst_QWebSocketSubprotocols::theServersSideHasTheWholeHeader()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const RawClient raw(server.serverPort(),
                        upgradeRequest("Sec-WebSocket-Protocol: foo, bar\r\n"));
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    QCOMPARE(socket->request().rawHeader("Sec-WebSocket-Protocol"), QByteArray("foo, bar"));
    QCOMPARE(socket->handshakeOptions().subprotocols(), (QStringList{"foo", "bar"}));
}

void tst_QWebSocketSubprotocols::theServerKeepsItsList()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QCOMPARE(server.supportedSubprotocols(), QStringList());
    server.setSupportedSubprotocols({"a", "b"});
    QCOMPARE(server.supportedSubprotocols(), (QStringList{"a", "b"}));
}

void tst_QWebSocketSubprotocols::openingAgainForgetsThem()
{
    RawServer server;
    server.answer = RawServer::switching("Sec-WebSocket-Protocol: a\r\n");
    QWebSocket socket;
    socket.open(QNetworkRequest(server.url()), optionsOf({"a"}));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(socket.subprotocol(), QString("a"));
    server.answer = RawServer::switching();
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(field(server.request, "Sec-WebSocket-Protocol"), QByteArray());
    QVERIFY(socket.handshakeOptions() == QWebSocketHandshakeOptions());
    QCOMPARE(socket.subprotocol(), QString());
}

QTEST_GUILESS_MAIN(tst_QWebSocketSubprotocols)
#include "tst_qwebsocket_subprotocols.moc"
