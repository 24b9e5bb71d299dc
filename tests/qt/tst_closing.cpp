// How connections end: close(), the peer's Close, drops, abort(), breaches of
// the protocol; codes and reasons.
#include "support.h"

namespace {

const QStringList closeOrder{"aboutToClose in ConnectedState", "ClosingState", "UnconnectedState",
                             "disconnected", "readChannelFinished"};

/// A client that is connected to a plain TCP peer.
struct RawPair
{
    QStringList log;
    RawServer server;
    WebSocket client;

    bool open()
    {
        client.open(server.url());
        const bool isOpen = waitFor([this] { return client.isValid(); });
        record(&client, &log);
        return isOpen;
    }
    bool waitForEnd()
    {
        return waitFor([this] { return log.contains("readChannelFinished"); });
    }
};

} // namespace

class tst_Closing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closeWaitsForThePeersClose();
    void closeEmitsAboutToCloseAndClosingBeforeItReturns();
    void thePeersCloseGivesTheSameOrder();
    void codeAndReasonReachThePeer_data();
    void codeAndReasonReachThePeer();
    void anEmptyCloseGives1005();
    void closing1005SendsACloseWithoutCode();
    void codesThatMustNotBeSentBecome1000();
    void aReasonIsCutBetweenCharacters();
    void closingTwiceIsNothing();
    void closingAnUnconnectedSocketIsNothing();
    void aMessageCanBeSentInAboutToClose();
    void messagesBeforeThePeersCloseStillArrive();
    void sendingWhileClosingIsRefused();
    void aDropGivesRemoteHostClosedAnd1006();
    void abortEndsAtOnce();
    void abortWhileConnecting();
    void aBreachOfTheProtocolClosesWithItsCode_data();
    void aBreachOfTheProtocolClosesWithItsCode();
    void theDestructorSaysGoodbye();
};

void tst_Closing::closeWaitsForThePeersClose()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close(CloseCodeGoingAway, "bye");
    QVERIFY(waitFor([&] { return pair.server.received.size() >= 6 + 5; }));
    QCOMPARE(pair.client.state(), QAbstractSocket::ClosingState);
    QVERIFY(!pair.log.contains("disconnected"));
    pair.server.socket->write(plainFrame(0x88, QByteArray("\x03\xe9", 2)));
    QVERIFY(waitFor([&] { return !pair.server.socket
        || pair.server.socket->state() == QAbstractSocket::ConnectedState; }));
    pair.server.socket->disconnectFromHost();
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, closeOrder);
    QCOMPARE(pair.client.closeCode(), CloseCodeGoingAway);
    QCOMPARE(pair.client.closeReason(), QString("bye"));
}

void tst_Closing::closeEmitsAboutToCloseAndClosingBeforeItReturns()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    record(pair.client.get(), &log);
    pair.client->close();
    QCOMPARE(log, closeOrder.mid(0, 2));
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(log, closeOrder);
    QVERIFY(pair.client->peerAddress().isNull());
}

void tst_Closing::thePeersCloseGivesTheSameOrder()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    record(pair.client.get(), &log);
    pair.peer->close(CloseCodePolicyViolated, "no");
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(log, closeOrder);
    QCOMPARE(pair.client->closeCode(), CloseCodePolicyViolated);
    QCOMPARE(pair.client->closeReason(), QString("no"));
    QCOMPARE(pair.client->error(), QAbstractSocket::UnknownSocketError);
}

void tst_Closing::codeAndReasonReachThePeer_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    QTest::newRow("1000") << 1000 << QString();
    QTest::newRow("1011") << 1011 << QString("außer Betrieb");
    QTest::newRow("3000") << 3000 << QString(123, 'r');
    QTest::newRow("4999") << 4999 << QString::fromUtf8("\xF0\x9F\x90\xA6");
}

void tst_Closing::codeAndReasonReachThePeer()
{
    QFETCH(int, code);
    QFETCH(QString, reason);
    Pair pair;
    QVERIFY(pair.open());
    pair.client->close(CloseCode(code), reason);
    QCOMPARE(int(pair.client->closeCode()), code);
    QVERIFY(waitFor([&] {
        return pair.peer->state() == QAbstractSocket::UnconnectedState
            && pair.client->state() == QAbstractSocket::UnconnectedState;
    }));
    QCOMPARE(int(pair.peer->closeCode()), code);
    QCOMPARE(pair.peer->closeReason(), reason);
    QCOMPARE(int(pair.client->closeCode()), code);
    QCOMPARE(pair.client->closeReason(), reason);
}

void tst_Closing::anEmptyCloseGives1005()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x88, QByteArray()));
    QVERIFY(waitFor([&] { return pair.server.received.size() >= 6; }));
    pair.server.socket->disconnectFromHost();
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, closeOrder);
    QCOMPARE(pair.client.closeCode(), CloseCodeMissingStatusCode);
}

void tst_Closing::closing1005SendsACloseWithoutCode()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.client->close(CloseCodeMissingStatusCode, "not sent");
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.peer->closeCode(), CloseCodeMissingStatusCode);
    QCOMPARE(pair.peer->closeReason(), QString());
}

void tst_Closing::codesThatMustNotBeSentBecome1000()
{
    for (const int code : {0, 999, 1004, 1006, 1015, 2999, 5000}) {
        Pair pair;
        QVERIFY(pair.open());
        pair.client->close(CloseCode(code));
        QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
        QCOMPARE(pair.peer->closeCode(), CloseCodeNormal);
    }
}

void tst_Closing::aReasonIsCutBetweenCharacters()
{
    Pair pair;
    QVERIFY(pair.open());
    const QString reason = QString(62, QChar(0xE4)); // 124 bytes
    pair.client->close(CloseCodeNormal, reason);
    QCOMPARE(pair.client->closeReason(), reason.left(61));
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.peer->closeReason(), reason.left(61));
}

void tst_Closing::closingTwiceIsNothing()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    record(pair.client.get(), &log);
    connect(pair.client.get(), &WebSocket::aboutToClose, [&] { pair.client->close(); });
    pair.client->close();
    pair.client->close(CloseCodeBadOperation);
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(log, closeOrder);
    QCOMPARE(pair.client->closeCode(), CloseCodeNormal);
}

void tst_Closing::closingAnUnconnectedSocketIsNothing()
{
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.close(CloseCodeGoingAway);
    socket.abort();
    QCOMPARE(log, QStringList());
    QCOMPARE(socket.closeCode(), CloseCodeNormal);
}

void tst_Closing::aMessageCanBeSentInAboutToClose()
{
    QStringList texts;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    connect(pair.client.get(), &WebSocket::aboutToClose,
            [&] { QCOMPARE(pair.client->sendTextMessage("last"), qint64(4)); });
    pair.client->close();
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(texts, QStringList{"last"});
}

void tst_Closing::messagesBeforeThePeersCloseStillArrive()
{
    QStringList texts;
    RawPair pair;
    QVERIFY(pair.open());
    connect(&pair.client, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    pair.client.close();
    QVERIFY(waitFor([&] { return !pair.server.received.isEmpty(); }));
    pair.server.socket->write(plainFrame(0x81, "late"));
    pair.server.socket->write(plainFrame(0x88, QByteArray("\x03\xe8", 2)));
    pair.server.socket->disconnectFromHost();
    QVERIFY(pair.waitForEnd());
    QCOMPARE(texts, QStringList{"late"});
    QCOMPARE(pair.log, closeOrder);
}

void tst_Closing::sendingWhileClosingIsRefused()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.client->close();
    QCOMPARE(pair.client->sendTextMessage("x"), qint64(0));
    QCOMPARE(pair.client->sendBinaryMessage("x"), qint64(0));
}

void tst_Closing::aDropGivesRemoteHostClosedAnd1006()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->abort();
    QVERIFY(pair.waitForEnd());
    const QStringList expected{"errorOccurred 1 in ConnectedState", "error 1", "ClosingState",
                               "UnconnectedState", "disconnected", "readChannelFinished"};
    QCOMPARE(pair.log, expected);
    QCOMPARE(pair.client.closeCode(), CloseCodeAbnormalDisconnection);
    QCOMPARE(pair.client.error(), QAbstractSocket::RemoteHostClosedError);
    QCOMPARE(pair.client.errorString(), QString("The remote host closed the connection"));
}

void tst_Closing::abortEndsAtOnce()
{
    QStringList log;
    QStringList peerLog;
    Pair pair;
    QVERIFY(pair.open());
    record(pair.client.get(), &log);
    record(pair.peer, &peerLog);
    pair.client->abort();
    const QStringList expected{"aboutToClose in ConnectedState", "UnconnectedState", "disconnected",
                               "readChannelFinished"};
    QCOMPARE(log, expected);
    QVERIFY(waitFor([&] { return peerLog.contains("disconnected"); }));
    QCOMPARE(pair.peer->closeCode(), CloseCodeAbnormalDisconnection);
    QCOMPARE(log, expected);
}

void tst_Closing::abortWhileConnecting()
{
    QStringList log;
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    WebSocket socket;
    record(&socket, &log);
    socket.open(QUrl(QString("ws://127.0.0.1:%1").arg(silent.serverPort())));
    socket.abort();
    const QStringList expected{"ConnectingState", "UnconnectedState", "disconnected"};
    QCOMPARE(log, expected);
}

void tst_Closing::aBreachOfTheProtocolClosesWithItsCode_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::newRow("reserved bit") << plainFrame(0xC1, "x") << 1002;
    QTest::newRow("reserved opcode") << plainFrame(0x83, "x") << 1002;
    QTest::newRow("continuation of nothing") << plainFrame(0x80, "x") << 1002;
    QTest::newRow("message inside a message")
        << plainFrame(0x01, "x") + plainFrame(0x81, "y") << 1002;
    QTest::newRow("fragmented ping") << plainFrame(0x09, "x") << 1002;
    QTest::newRow("masked frame of a server") << maskedFrame(0x81, "x") << 1002;
    QTest::newRow("invalid UTF-8") << plainFrame(0x81, "\xFF") << 1007;
    QTest::newRow("close code 999") << plainFrame(0x88, QByteArray("\x03\xE7", 2)) << 1002;
}

void tst_Closing::aBreachOfTheProtocolClosesWithItsCode()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(bytes);
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, closeOrder);
    QCOMPARE(int(pair.client.closeCode()), code);
    QVERIFY(!pair.client.closeReason().isEmpty());
}

void tst_Closing::theDestructorSaysGoodbye()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    record(pair.client.get(), &log);
    // Connecting anew from a destructor is refused.
    WebSocket *const raw = pair.client.get();
    const QUrl url = pair.server.serverUrl();
    connect(raw, &WebSocket::disconnected, [raw, url] { raw->open(url); });
    pair.client.reset();
    QCOMPARE(log, closeOrder);
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.peer->closeCode(), CloseCodeGoingAway);
    QCOMPARE(pair.peer->closeReason(), QString("Connection closed"));
}

QTEST_GUILESS_MAIN(tst_Closing)
#include "tst_closing.moc"
