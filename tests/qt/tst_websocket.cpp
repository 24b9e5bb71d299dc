// A client's socket: defaults, opening, what it tells of itself, errors of the
// opening handshake.
#include "support.h"

class tst_WebSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFreshSocketHasItsDefaults();
    void limitsAboveTheMaximumAreIgnored();
    void openEmitsConnectingBeforeItReturnsAndThenConnected();
    void anOpenSocketKnowsAddressesAndRequest();
    void openingAgainReplacesTheConnectionSilently();
    void aDisconnectedSocketOpensAgainWithFreshState();
    void headersOfTheRequestAreSent();
    void invalidSubprotocolsAreLeftOutWithAWarning();
    void theServersChoiceOfSubprotocolIsKnown();
    void anInvalidUrlIsASynchronousError_data();
    void anInvalidUrlIsASynchronousError();
    void anOriginWithNewlinesIsRefused();
    void aRefusedConnectionGivesDisconnectedAndThenTheError();
    void anUnknownHostIsReported();
    void anHttpStatusIsReportedAndDisconnects();
    void aBadHandshakeIsReported_data();
    void aBadHandshakeIsReported();
    void closingWhileConnectingGivesTheHandshakeUp();
};

void tst_WebSocket::aFreshSocketHasItsDefaults()
{
    const WebSocket socket("http://example.org", Version8);
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    QCOMPARE(socket.errorString(), QString());
    QVERIFY(!socket.isValid());
    QVERIFY(socket.localAddress().isNull());
    QCOMPARE(socket.localPort(), quint16(0));
    QVERIFY(socket.peerAddress().isNull());
    QCOMPARE(socket.peerPort(), quint16(0));
    QCOMPARE(socket.peerName(), QString());
    QCOMPARE(socket.pauseMode(), QAbstractSocket::PauseNever);
    QCOMPARE(socket.readBufferSize(), qint64(0));
    QCOMPARE(socket.version(), Version8);
    QCOMPARE(socket.origin(), QString("http://example.org"));
    QCOMPARE(socket.closeCode(), CloseCodeNormal);
    QCOMPARE(socket.closeReason(), QString());
    QCOMPARE(socket.bytesToWrite(), qint64(0));
    QCOMPARE(socket.maxAllowedIncomingFrameSize(), quint64(2147483646));
    QCOMPARE(socket.maxAllowedIncomingMessageSize(), quint64(64 * 1024 * 1024));
    QCOMPARE(socket.outgoingFrameSize(), quint64(524288));
    QCOMPARE(WebSocket("").version(), Version13);
}

void tst_WebSocket::limitsAboveTheMaximumAreIgnored()
{
    WebSocket socket;
    socket.setMaxAllowedIncomingFrameSize(WebSocket::maxIncomingFrameSize() + 1);
    socket.setMaxAllowedIncomingMessageSize(WebSocket::maxIncomingMessageSize() + 1);
    socket.setOutgoingFrameSize(WebSocket::maxOutgoingFrameSize() + 1);
    socket.setOutgoingFrameSize(0);
    QCOMPARE(socket.maxAllowedIncomingFrameSize(), WebSocket::maxIncomingFrameSize());
    QCOMPARE(socket.maxAllowedIncomingMessageSize(), quint64(64 * 1024 * 1024));
    QCOMPARE(socket.outgoingFrameSize(), quint64(524288));
    socket.setMaxAllowedIncomingFrameSize(7);
    QCOMPARE(socket.maxAllowedIncomingFrameSize(), quint64(7));
}

void tst_WebSocket::openEmitsConnectingBeforeItReturnsAndThenConnected()
{
    QStringList log;
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocket socket;
    record(&socket, &log);
    connect(&server, &WebSocketServer::originAuthenticationRequired, [&] { log << "origin?"; });
    connect(&server, &WebSocketServer::newConnection, [&] { log << "newConnection"; });
    socket.open(server.serverUrl());
    QCOMPARE(log, QStringList{"ConnectingState"});
    QCOMPARE(socket.errorString(), QString("Unknown error"));
    QVERIFY(waitFor([&] { return log.size() == 5; }));
    const QStringList expected{"ConnectingState", "origin?", "newConnection", "ConnectedState",
                               "connected"};
    QCOMPARE(log, expected);
}

void tst_WebSocket::anOpenSocketKnowsAddressesAndRequest()
{
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QUrl url = server.serverUrl();
    url.setPath("/a b");
    url.setQuery("x=ü");
    const QString origin = "http://127.0.0.1:" + QString::number(server.serverPort());
    WebSocket socket(origin);
    socket.open(url);
    QCOMPARE(socket.peerName(), QString("127.0.0.1"));
    QVERIFY(socket.peerAddress().isNull());
    QVERIFY(waitFor([&] { return socket.isValid() && server.hasPendingConnections(); }));
    QCOMPARE(socket.peerAddress(), QHostAddress(QHostAddress::LocalHost));
    QCOMPARE(socket.peerPort(), server.serverPort());
    QCOMPARE(socket.requestUrl(), url);
    QCOMPARE(socket.resourceName(), QString("/a%20b?x=%C3%BC"));
    const std::unique_ptr<WebSocket> peer(server.nextPendingConnection());
    QCOMPARE(peer->peerPort(), socket.localPort());
    QCOMPARE(peer->localPort(), server.serverPort());
    QCOMPARE(peer->origin(), origin);
    QCOMPARE(peer->requestUrl(), url);
    QCOMPARE(peer->version(), Version13);
    QCOMPARE(peer->request().rawHeader("Upgrade").toLower(), QByteArray("websocket"));
}

void tst_WebSocket::openingAgainReplacesTheConnectionSilently()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    QPointer<WebSocket> first = pair.peer;
    record(pair.client.get(), &log);
    pair.client->open(pair.server.serverUrl());
    QVERIFY(waitFor([&] { return pair.client->isValid() && pair.peer != first; }));
    const QStringList expected{"ConnectingState", "ConnectedState", "connected"};
    QCOMPARE(log, expected);
    QVERIFY(waitFor([&] { return first->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(first->closeCode(), CloseCodeGoingAway);
    QCOMPARE(pair.client->sendTextMessage("x"), qint64(1));
}

void tst_WebSocket::aDisconnectedSocketOpensAgainWithFreshState()
{
    QStringList log;
    int openings = 0;
    Pair pair;
    QVERIFY(pair.open());
    record(pair.client.get(), &log);
    connect(pair.client.get(), &WebSocket::disconnected, pair.client.get(), [&] {
        if (++openings == 1)
            pair.client->open(pair.server.serverUrl());
    });
    pair.peer->close(CloseCodeBadOperation, "again");
    QVERIFY(waitFor([&] { return log.endsWith("connected"); }));
    const QStringList expected{"aboutToClose in ConnectedState", "ClosingState", "UnconnectedState",
                               "disconnected", "readChannelFinished", "ConnectingState",
                               "ConnectedState", "connected"};
    QCOMPARE(log, expected);
    QCOMPARE(pair.client->closeCode(), CloseCodeNormal);
    QCOMPARE(pair.client->closeReason(), QString());
}

void tst_WebSocket::headersOfTheRequestAreSent()
{
    RawServer server;
    WebSocket socket("http://example.org");
    QNetworkRequest request(server.url());
    request.setRawHeader("X-Token", "secret");
    request.setRawHeader("Sec-WebSocket-Protocol", "chat, superchat");
    WebSocketHandshakeOptions options;
    options.setSubprotocols({"superchat", "first"});
    socket.open(request, options);
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    const QByteArray sent = server.request.toLower();
    QVERIFY2(sent.startsWith("get / http/1.1\r\n"), sent);
    QVERIFY2(sent.contains("\r\nx-token: secret\r\n"), sent);
    QVERIFY2(sent.contains("\r\norigin: http://example.org\r\n"), sent);
    QVERIFY2(sent.contains("\r\nsec-websocket-version: 13\r\n"), sent);
    QVERIFY2(sent.contains("\r\nsec-websocket-protocol: superchat, first, chat\r\n"), sent);
    QCOMPARE(socket.handshakeOptions(), options);
}

void tst_WebSocket::invalidSubprotocolsAreLeftOutWithAWarning()
{
    RawServer server;
    WebSocket socket;
    WebSocketHandshakeOptions options;
    options.setSubprotocols({"good", "not good"});
    QTest::ignoreMessage(QtWarningMsg, "Ignoring invalid WebSocket subprotocol name \"not good\"");
    socket.open(server.url(), options);
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QVERIFY(server.request.toLower().contains("sec-websocket-protocol: good\r\n"));
}

void tst_WebSocket::theServersChoiceOfSubprotocolIsKnown()
{
    Pair pair;
    pair.server.setSupportedSubprotocols({"a", "b", "c"});
    WebSocketHandshakeOptions options;
    options.setSubprotocols({"x", "c", "a"});
    QVERIFY(pair.open(options));
    QCOMPARE(pair.client->subprotocol(), QString("c"));
    QCOMPARE(pair.peer->subprotocol(), QString("c"));
    Pair none;
    none.server.setSupportedSubprotocols({"y"});
    QVERIFY(none.open(options));
    QCOMPARE(none.client->subprotocol(), QString());
}

void tst_WebSocket::anInvalidUrlIsASynchronousError_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("text");
    const int refused = QAbstractSocket::ConnectionRefusedError;
    const int unsupported = QAbstractSocket::UnsupportedSocketOperationError;
    QTest::newRow("empty") << QUrl() << refused << "Invalid URL.";
    QTest::newRow("no host") << QUrl("ws:///path") << refused << "Invalid URL.";
    QTest::newRow("line end in the path")
        << QUrl("ws://127.0.0.1/a\r\nX: y") << refused << "Invalid resource name.";
    QTest::newRow("http") << QUrl("http://127.0.0.1") << unsupported
                          << "Unsupported WebSocket scheme: http";
}

void tst_WebSocket::anInvalidUrlIsASynchronousError()
{
    QFETCH(QUrl, url);
    QFETCH(int, error);
    QFETCH(QString, text);
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.open(url);
    const QStringList expected{QString("errorOccurred %1 in UnconnectedState").arg(error),
                               QString("error %1").arg(error)};
    QCOMPARE(log, expected);
    QCOMPARE(socket.errorString(), text);
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    QCOMPARE(socket.requestUrl(), QUrl());
}

void tst_WebSocket::anOriginWithNewlinesIsRefused()
{
    QStringList log;
    WebSocket socket("http://example.org\r\nX-Evil: 1");
    record(&socket, &log);
    socket.open(QUrl("ws://127.0.0.1:1"));
    QCOMPARE(log.value(0), QString("errorOccurred 0 in UnconnectedState"));
    QCOMPARE(socket.errorString(),
             QString("The origin contains newlines. Possible attack detected."));
}

void tst_WebSocket::aRefusedConnectionGivesDisconnectedAndThenTheError()
{
    QStringList log;
    QTcpServer reserved; // not accepting any more when closed
    QVERIFY(reserved.listen(QHostAddress::LocalHost));
    const QUrl url(QString("ws://127.0.0.1:%1").arg(reserved.serverPort()));
    reserved.close();
    WebSocket socket;
    record(&socket, &log);
    socket.open(url);
    QVERIFY(waitFor([&] { return log.contains("error 0"); }));
    const QStringList expected{"ConnectingState", "UnconnectedState", "disconnected",
                               "errorOccurred 0 in UnconnectedState", "error 0"};
    QCOMPARE(log, expected);
    QCOMPARE(socket.error(), QAbstractSocket::ConnectionRefusedError);
    QCOMPARE(socket.errorString(), QString("Connection refused"));
}

void tst_WebSocket::anUnknownHostIsReported()
{
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.open(QUrl("ws://host.invalid"));
    QVERIFY(waitFor([&] { return log.contains("error 2"); }, 20000));
    QCOMPARE(socket.error(), QAbstractSocket::HostNotFoundError);
    QCOMPARE(socket.errorString(), QString("Host not found"));
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
}

void tst_WebSocket::anHttpStatusIsReportedAndDisconnects()
{
    QStringList log;
    RawServer server;
    server.answer = "HTTP/1.1 403 Access Forbidden\r\nContent-Length: 0\r\n\r\n";
    WebSocket socket;
    record(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return log.contains("disconnected"); }));
    const QStringList expected{"ConnectingState", "errorOccurred 0 in ConnectingState", "error 0",
                               "UnconnectedState", "disconnected"};
    QCOMPARE(log, expected);
    QCOMPARE(socket.errorString(), QString("Unhandled http status code: 403 (Access Forbidden)."));
    QCOMPARE(socket.closeCode(), CloseCodeAbnormalDisconnection);
}

void tst_WebSocket::aBadHandshakeIsReported_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray begin = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
    QTest::newRow("wrong key") << begin + "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    QTest::newRow("unasked subprotocol")
        << begin + "%KEY\r\nSec-WebSocket-Protocol: other\r\n\r\n";
    QTest::newRow("unasked extension") << begin + "%KEY\r\nSec-WebSocket-Extensions: x\r\n\r\n";
    QTest::newRow("not HTTP") << QByteArray("SSH-2.0-OpenSSH\r\n\r\n");
}

void tst_WebSocket::aBadHandshakeIsReported()
{
    QFETCH(QByteArray, answer);
    QStringList log;
    RawServer server;
    server.answer = answer;
    WebSocket socket;
    record(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return log.contains("disconnected"); }));
    const QStringList expected{"ConnectingState", "errorOccurred 0 in ConnectingState", "error 0",
                               "UnconnectedState", "disconnected"};
    QCOMPARE(log, expected);
    QVERIFY(!socket.errorString().isEmpty());
}

void tst_WebSocket::closingWhileConnectingGivesTheHandshakeUp()
{
    QStringList log;
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    WebSocket socket;
    record(&socket, &log);
    socket.open(QUrl(QString("ws://127.0.0.1:%1").arg(silent.serverPort())));
    socket.close();
    const QStringList expected{"ConnectingState", "errorOccurred 11 in ConnectingState", "error 11",
                               "UnconnectedState", "disconnected"};
    QCOMPARE(log, expected);
}

QTEST_GUILESS_MAIN(tst_WebSocket)
#include "tst_websocket.moc"
