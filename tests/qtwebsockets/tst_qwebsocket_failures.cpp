// Openings that fail: which error, which text, which changes of state, in which order.
#include "rawpeers.h"
#include "support.h"

namespace {

QStringList statesOf(const QStringList &log)
{
    QStringList states;
    for (const QString &line : log) {
        if (line == "Connecting" || line == "Unconnected" || line == "Closing"
            || line == "Connected" || line == "HostLookup")
            states.append(line);
    }
    return states;
}

} // namespace

class tst_QWebSocketFailures : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void nobodyListens();
    void anUnknownHost();
    void redirectsAreNotFollowed();
    void anInvalidUrl_data();
    void anInvalidUrl();
    void anotherScheme_data();
    void anotherScheme();
    void theNextErrorIsSignalledToo();
    void aHttpStatusOtherThan101();
    void aWrongAcceptKey();
    void errorsOfTheHandshake_data();
    void errorsOfTheHandshake();
    void anOriginWithNewlines();
    void thePeerHangsUpWithoutAnAnswer();
    void closingWhileConnecting();
    void abortingWhileConnecting();
    void aFailedSocketOpensAgain();
};

void tst_QWebSocketFailures::nobodyListens()
{
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(QUrl(QString("ws://127.0.0.1:%1").arg(unusedPort())));
    QCOMPARE(log, QStringList("Connecting"));
    QVERIFY(waitFor([&] { return log.size() >= 4; }));
    QCOMPARE(log, (QStringList{"Connecting", "Unconnected", "disconnected 1000 \"\"",
                               "error 0 in Unconnected"}));
    QCOMPARE(socket.error(), QAbstractSocket::ConnectionRefusedError);
    QCOMPARE(socket.errorString(), QString("Connection refused"));
}

void tst_QWebSocketFailures::anUnknownHost()
{
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(QUrl("ws://nobody.invalid/")); // RFC 6761: no such name
    QVERIFY(waitFor([&] { return log.size() >= 4; }, 15000));
    QCOMPARE(statesOf(log), (QStringList{"Connecting", "Unconnected"}));
    QVERIFY2(log.contains("error 2 in Unconnected"), qPrintable(log.join('|')));
    QCOMPARE(socket.error(), QAbstractSocket::HostNotFoundError);
    QCOMPARE(socket.errorString(), QString("Host not found"));
}

/// Whatever QNetworkRequest's policy says to QNetworkAccessManager.
void tst_QWebSocketFailures::redirectsAreNotFollowed()
{
    QStringList log;
    RawServer elsewhere;
    RawServer server;
    server.answer = "HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url().toEncoded()
        + "\r\nContent-Length: 0\r\n\r\n";
    QNetworkRequest request(server.url());
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::NoLessSafeRedirectPolicy);
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(request);
    QVERIFY2(waitFor([&] { return !log.filter("error 0").isEmpty(); }), qPrintable(log.join('|')));
    QVERIFY2(socket.errorString().contains("302"), qPrintable(socket.errorString()));
    QCOMPARE(elsewhere.connections, 0);
}

void tst_QWebSocketFailures::anInvalidUrl_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::newRow("empty") << QUrl();
    QTest::newRow("no port") << QUrl("ws://127.0.0.1:port/");
    QTest::newRow("line break in the host") << QUrl("ws://127.0.0.1\r\n/");
    QTest::newRow("strict and not allowed") << QUrl("ws://127.0.0.1/ä%", QUrl::StrictMode);
}

void tst_QWebSocketFailures::anInvalidUrl()
{
    QStringList log;
    QFETCH(QUrl, url);
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(url);
    QCOMPARE(log, QStringList("error 0 in Unconnected"));
    QCOMPARE(socket.errorString(), QString("Invalid URL."));
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(socket.requestUrl(), QUrl());
}

void tst_QWebSocketFailures::anotherScheme_data()
{
    QTest::addColumn<QString>("scheme");
    for (const char *scheme : {"http", "https", "ftp", "file"})
        QTest::newRow(scheme) << scheme;
}

void tst_QWebSocketFailures::anotherScheme()
{
    QStringList log;
    QFETCH(QString, scheme);
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(QUrl(scheme + "://127.0.0.1/"));
    QCOMPARE(log, QStringList("error 10 in Unconnected"));
    QCOMPARE(socket.errorString(), "Unsupported WebSocket scheme: " + scheme);
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
}

void tst_QWebSocketFailures::theNextErrorIsSignalledToo()
{
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(QUrl());
    socket.open(QUrl("http://127.0.0.1/"));
    QCOMPARE(log, (QStringList{"error 0 in Unconnected", "error 10 in Unconnected"}));
    QCOMPARE(socket.errorString(), QString("Unsupported WebSocket scheme: http"));
}

void tst_QWebSocketFailures::aHttpStatusOtherThan101()
{
    QStringList log;
    RawServer server;
    server.answer = "HTTP/1.1 403 Access Forbidden\r\nContent-Length: 0\r\n\r\n";
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return log.join('|').contains("error 0"); }));
    QCOMPARE(socket.errorString(), QString("QWebSocketPrivate::processHandshake: "
                                           "Unhandled http status code: 403 (Access Forbidden)."));
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    server.socket->disconnectFromHost();
    QVERIFY(waitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY(waitFor([&] { return log.contains("disconnected 1000 \"\""); }));
    QCOMPARE(statesOf(log), (QStringList{"Connecting", "Unconnected"}));
}

void tst_QWebSocketFailures::aWrongAcceptKey()
{
    QStringList log;
    RawServer server;
    server.answer.replace("%KEY", "wrong");
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return log.join('|').contains("error 0"); }));
    const QByteArray key = field(server.request, "Sec-WebSocket-Key");
    QCOMPARE(socket.errorString(),
             QString("Accept-Key received from server wrong does not match the client key "
                     + acceptKey(key) + '.'));
}

void tst_QWebSocketFailures::errorsOfTheHandshake_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray switching = RawServer::switching();
    QTest::newRow("bad status line") << QByteArray("HTTP/1.1 abc\r\n\r\n");
    QTest::newRow("not HTTP") << QByteArray("SSH-2.0-something\r\n\r\n");
    QTest::newRow("no Upgrade") << QByteArray(switching).replace("Upgrade: websocket\r\n", "");
    QTest::newRow("no Connection") << QByteArray(switching).replace("Connection: Upgrade\r\n", "");
    QTest::newRow("no accept key")
        << QByteArray(switching).replace("Sec-WebSocket-Accept: %KEY\r\n", "");
#if WEBSOCKETS_SINCE(6, 4)
    QTest::newRow("unrequested subprotocol")
        << RawServer::switching("Sec-WebSocket-Protocol: chat\r\n");
#endif
}

void tst_QWebSocketFailures::errorsOfTheHandshake()
{
    QStringList log;
    QFETCH(QByteArray, answer);
    RawServer server;
    server.answer = answer;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return log.join('|').contains("error 0"); }), qPrintable(log.join('|')));
    QVERIFY(!socket.errorString().isEmpty());
    QVERIFY(!log.contains("connected"));
    QVERIFY(!socket.isValid());
}

void tst_QWebSocketFailures::anOriginWithNewlines()
{
    QStringList log;
    RawServer server;
    QWebSocket socket("https://example.org\r\nX-Injected: 1");
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return log.join('|').contains("error 0"); }));
    QCOMPARE(socket.errorString(),
             QString("The origin contains newlines. Possible attack detected."));
    QVERIFY(!socket.isValid());
    QCOMPARE(server.request, QByteArray());
}

void tst_QWebSocketFailures::thePeerHangsUpWithoutAnAnswer()
{
    QStringList log;
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    connect(&server, &QTcpServer::newConnection, &server,
            [&] { server.nextPendingConnection()->disconnectFromHost(); });
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(QUrl(QString("ws://127.0.0.1:%1").arg(server.serverPort())));
    QVERIFY(waitFor([&] { return log.contains("disconnected 1000 \"\""); }));
    QVERIFY2(log.join('|').contains("error 1"), qPrintable(log.join('|')));
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(socket.error(), QAbstractSocket::RemoteHostClosedError);
}

void tst_QWebSocketFailures::closingWhileConnecting()
{
    QStringList log;
    RawServer server;
    server.answer.clear();
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    // Qt's own module tries to send a Close.
    allowWarning("QNativeSocketEngine::write() was not called in QAbstractSocket::ConnectedState");
    socket.close();
    QVERIFY(waitFor([&] { return log.contains("disconnected 1000 \"\""); }));
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(statesOf(log), (QStringList{"Connecting", "Unconnected"}));
    QVERIFY2(log.join('|').contains("error 11"), qPrintable(log.join('|')));
    QVERIFY(!log.contains("connected"));
}

void tst_QWebSocketFailures::abortingWhileConnecting()
{
    QStringList log;
    RawServer server;
    server.answer.clear();
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    socket.abort();
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(statesOf(log), (QStringList{"Connecting", "Unconnected"}));
    QVERIFY(!log.contains("connected"));
}

void tst_QWebSocketFailures::aFailedSocketOpensAgain()
{
    RawServer server;
    QWebSocket socket;
    QSignalSpy errors(&socket, errorSignal);
    socket.open(QUrl(QString("ws://127.0.0.1:%1").arg(unusedPort())));
    QVERIFY(waitFor([&] { return errors.count() == 1; }));
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
}

QTEST_GUILESS_MAIN(tst_QWebSocketFailures)
#include "tst_qwebsocket_failures.moc"
