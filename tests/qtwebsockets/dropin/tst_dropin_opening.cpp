// Openings, where Qt leaves a socket hanging or keeps what is stale.
#include "rawpeers.h"
#include "support.h"

class tst_DropInOpening : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void failedHandshakesEndUnconnected_data();
    void failedHandshakesEndUnconnected();
    void aLargeAnswerIsTaken();
    void connectionMayNameMore();
    void openForgetsTheLastError();
    void openForgetsTheLastCloseCode();
    void aFailureForgetsTheLastError();
    void closingWhileConnectingSaysSo();
    void abortingWhileConnectingSaysSo();
    void openingWhileConnectingStartsAnew();
};

void tst_DropInOpening::failedHandshakesEndUnconnected_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray switching = RawServer::switching();
    QTest::newRow("status 403") << QByteArray("HTTP/1.1 403 Forbidden\r\n"
                                              "Content-Length: 2\r\n\r\nno");
    QTest::newRow("status 200") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    QTest::newRow("wrong accept key") << QByteArray(switching).replace("%KEY", "wrong");
    QTest::newRow("bad status line") << QByteArray("HTTP/1.1 abc\r\n\r\n");
    QTest::newRow("not HTTP") << QByteArray("SSH-2.0-something\r\n\r\n");
    QTest::newRow("no Upgrade") << QByteArray(switching).replace("Upgrade: websocket\r\n", "");
    QTest::newRow("no Connection") << QByteArray(switching).replace("Connection: Upgrade\r\n", "");
    QTest::newRow("no accept key")
        << QByteArray(switching).replace("Sec-WebSocket-Accept: %KEY\r\n", "");
    QTest::newRow("unrequested subprotocol")
        << RawServer::switching("Sec-WebSocket-Protocol: chat\r\n");
    QTest::newRow("unrequested extension")
        << RawServer::switching("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    QTest::newRow("unknown extension") << RawServer::switching("Sec-WebSocket-Extensions: x\r\n");
    QTest::newRow("header past 819204 bytes")
        << RawServer::switching("X-Long: " + QByteArray(820000, 'x') + "\r\n");
}

void tst_DropInOpening::failedHandshakesEndUnconnected()
{
    QFETCH(QByteArray, answer);
    QStringList log;
    RawServer server;
    server.answer = answer;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    // The server leaves the connection open: that it ends is the client's doing.
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log.size(), 4);
    QCOMPARE(log.at(0), QString("Connecting"));
    QVERIFY2(log.contains("Unconnected"), qPrintable(log.join('|')));
    QVERIFY2(log.contains("disconnected 1000 \"\""), qPrintable(log.join('|')));
    QCOMPARE(log.filter("error 0").size(), 1);
    QVERIFY(!socket.errorString().isEmpty());
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    QVERIFY(waitFor([&] { return server.isClosed; }));
}

void tst_DropInOpening::aLargeAnswerIsTaken()
{
    RawServer server;
    QByteArray fields = "X-Long: " + QByteArray(800000, 'x') + "\r\n";
    for (int i = 0; i < 500; ++i)
        fields += "X-" + QByteArray::number(i) + ": more\r\n";
    server.answer = RawServer::switching(fields);
    QWebSocket socket;
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
}

void tst_DropInOpening::connectionMayNameMore()
{
    RawServer server;
    server.answer.replace("Connection: Upgrade", "Connection: keep-alive, Upgrade");
    QWebSocket socket;
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
}

void tst_DropInOpening::openForgetsTheLastError()
{
    RawServer server;
    QWebSocket socket;
    socket.open(QUrl("http://127.0.0.1/"));
    const QString stale = socket.errorString();
    QVERIFY(stale.contains("scheme"));
    socket.open(server.url());
    QVERIFY2(socket.errorString() != stale, qPrintable(socket.errorString()));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QVERIFY2(!socket.errorString().contains("scheme"), qPrintable(socket.errorString()));
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
}

void tst_DropInOpening::openForgetsTheLastCloseCode()
{
    RawServer server;
    QWebSocket socket;
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    socket.close(CloseCodeGoingAway, "bye");
    QCOMPARE(socket.closeCode(), CloseCodeGoingAway);
    socket.open(server.url());
    QCOMPARE(socket.closeCode(), CloseCodeNormal);
    QCOMPARE(socket.closeReason(), QString());
}

void tst_DropInOpening::aFailureForgetsTheLastError()
{
    QWebSocket socket;
    QSignalSpy errors(&socket, errorSignal);
    socket.open(QUrl("http://127.0.0.1/"));
    socket.open(QUrl(QString("ws://127.0.0.1:%1").arg(unusedPort())));
    QVERIFY(waitFor([&] { return errors.count() == 2; }));
    QCOMPARE(socket.errorString(), QString("Connection refused"));
}

void tst_DropInOpening::closingWhileConnectingSaysSo()
{
    QStringList log;
    RawServer server;
    server.answer.clear();
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return !server.request.isEmpty(); }));
    socket.close();
    QVERIFY(waitFor([&] { return log.size() >= 4; }));
    QCOMPARE(log.size(), 4);
    QVERIFY2(log.contains("Unconnected") && log.contains("disconnected 1000 \"\""),
             qPrintable(log.join('|')));
    QCOMPARE(log.filter("error 11").size(), 1);
    QVERIFY(waitFor([&] { return server.isClosed; }));
}

void tst_DropInOpening::abortingWhileConnectingSaysSo()
{
    QStringList log;
    RawServer server;
    server.answer.clear();
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return !server.request.isEmpty(); }));
    socket.abort();
    QCOMPARE(log, (QStringList{"Connecting", "Unconnected", "disconnected 1000 \"\""}));
    QVERIFY(waitFor([&] { return server.isClosed; }));
}

void tst_DropInOpening::openingWhileConnectingStartsAnew()
{
    QStringList log;
    RawServer silent;
    silent.answer.clear();
    RawServer server;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(silent.url());
    QVERIFY(waitFor([&] { return !silent.request.isEmpty(); }));
    socket.open(server.url());
    QCOMPARE(socket.requestUrl(), server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(log, (QStringList{"Connecting", "Connected", "connected"}));
    QVERIFY(waitFor([&] { return silent.isClosed; }));
}

QTEST_GUILESS_MAIN(tst_DropInOpening)
#include "tst_dropin_opening.moc"
