// The order of a socket's signals when all goes well: opening, receiving, closing, aborting,
// being destroyed.
#include "rawpeers.h"
#include "support.h"

namespace {

/// A client that is connected to a plain TCP peer, with its log from then on.
struct RawPair
{
    QStringList log;
    RawServer server;
    QWebSocket client;

    bool open()
    {
        client.open(server.url());
        const bool isOpen = waitFor([this] { return client.isValid(); });
        follow(&client, &log);
        return isOpen;
    }
    bool waitForEnd()
    {
        return waitFor([this] { return log.contains("readChannelFinished"); });
    }
};

} // namespace

class tst_QWebSocketOrders : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void opening();
    void openingSaysConnectingBeforeItReturns();
    void theHandshakeIsWrittenBeforeConnected();
    void receiving();
    void closing();
    void closingIsOverWhenCloseReturns();
    void closingWritesBeforeItAnnounces();
    void theCodeIsSetByClose();
    void thePeersClose();
    void thePeersCloseIsAnsweredInKind();
    void closeReasonsAreCutTo123Bytes();
    void closingTwice();
    void aDroppedConnection_data();
    void aDroppedConnection();
    void aborting();
    void abortingSendsNoClose();
    void abortKeepsTheCode();
    void destroyingAConnectedSocket();
    void destroyingAnUnconnectedSocket();
};

void tst_QWebSocketOrders::opening()
{
    QStringList log;
    Pair pair("origin");
    follow(pair.client.get(), &log);
    follow(&pair.server, &log);
    QVERIFY(pair.open());
    QCOMPARE(log, (QStringList{"Connecting", "origin \"origin\"", "newConnection", "Connected",
                               "connected"}));
}

void tst_QWebSocketOrders::openingSaysConnectingBeforeItReturns()
{
    QStringList log;
    RawServer server;
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QCOMPARE(log, QStringList("Connecting"));
}

void tst_QWebSocketOrders::theHandshakeIsWrittenBeforeConnected()
{
    QStringList log;
    Pair pair;
    QObject::connect(pair.client.get(), &QWebSocket::bytesWritten, pair.client.get(),
                     [&](qint64 bytes) { log.append(bytes > 100 ? "bytesWritten" : "too few"); });
    follow(pair.client.get(), &log);
    QVERIFY(pair.open());
    QCOMPARE(log, (QStringList{"Connecting", "bytesWritten", "Connected", "connected"}));
}

void tst_QWebSocketOrders::receiving()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    follow(pair.client.get(), &log);
    pair.peer->setOutgoingFrameSize(4);
    pair.peer->sendTextMessage("one two!");
    pair.peer->sendBinaryMessage("abc");
    QVERIFY(waitFor([&] { return log.contains("binary abc"); }));
    QCOMPARE(log, (QStringList{"text frame \"one \" more", "text frame \"two!\" last",
                               "text \"one two!\"", "binary frame abc last", "binary abc"}));
}

void tst_QWebSocketOrders::closing()
{
    QStringList atPeer;
    QStringList atClient;
    Pair pair;
    QVERIFY(pair.open());
    follow(pair.client.get(), &atClient);
    follow(pair.peer.get(), &atPeer);
    pair.client->close(CloseCodeGoingAway, "bye");
    QVERIFY(waitFor([&] {
        return atClient.contains("readChannelFinished") && atPeer.contains("readChannelFinished");
    }));
    QCOMPARE(atClient, closeOrder(1001, "bye"));
    QCOMPARE(atPeer, closeOrder(1001, "bye"));
    QCOMPARE(pair.client->error(), QAbstractSocket::UnknownSocketError);
}

void tst_QWebSocketOrders::closingIsOverWhenCloseReturns()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close(CloseCodePolicyViolated, "no");
    QCOMPARE(pair.log, closeOrder(1008, "no"));
    QCOMPARE(pair.client.state(), QAbstractSocket::UnconnectedState);
    // The peer, who never answers, still gets the frame and the end of the connection.
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1008 no"});
}

void tst_QWebSocketOrders::closingWritesBeforeItAnnounces()
{
    RawPair pair;
    QVERIFY(pair.open());
    QObject::connect(&pair.client, &QWebSocket::bytesWritten, &pair.client,
                     [&](qint64 bytes) { pair.log.append(QString("wrote %1").arg(bytes)); });
    pair.client.close();
    QVERIFY(waitFor([&] { return pair.log.contains("readChannelFinished"); }));
    QCOMPARE(pair.log, QStringList("wrote 8") + closeOrder(1000));
}

void tst_QWebSocketOrders::theCodeIsSetByClose()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.client->close(CloseCode(4321), "own");
    QCOMPARE(int(pair.client->closeCode()), 4321);
    QCOMPARE(pair.client->closeReason(), QString("own"));
}

void tst_QWebSocketOrders::thePeersClose()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x88, closePayload(1003, "text, please")));
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, closeOrder(1003, "text, please"));
    QCOMPARE(pair.client.error(), QAbstractSocket::UnknownSocketError);
}

void tst_QWebSocketOrders::thePeersCloseIsAnsweredInKind()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x88, closePayload(3210)));
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QVERIFY2(described(pair.server.received).at(0).startsWith("88 3210"),
             described(pair.server.received).at(0));
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, closeOrder(3210));
}

void tst_QWebSocketOrders::closeReasonsAreCutTo123Bytes()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close(CloseCodeNormal, QString(123, 'a') + 'b');
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1000 " + QByteArray(123, 'a')});
}

void tst_QWebSocketOrders::closingTwice()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close(CloseCodeGoingAway);
    pair.client.close(CloseCodePolicyViolated);
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, closeOrder(1001));
    QCOMPARE(pair.client.closeCode(), CloseCodeGoingAway);
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1001"});
}

void tst_QWebSocketOrders::aDroppedConnection_data()
{
    QTest::addColumn<bool>("resets");
    QTest::newRow("FIN") << false;
    QTest::newRow("RST") << true;
}

void tst_QWebSocketOrders::aDroppedConnection()
{
    QFETCH(bool, resets);
    RawPair pair;
    QVERIFY(pair.open());
    if (resets)
        pair.server.socket->abort();
    else
        pair.server.socket->disconnectFromHost();
    QVERIFY(pair.waitForEnd());
    QCOMPARE(pair.log, (QStringList{"error 1 in Connected", "Closing", "Unconnected",
                                    "disconnected 1000 \"\"", "readChannelFinished"}));
    QCOMPARE(pair.client.error(), QAbstractSocket::RemoteHostClosedError);
    QCOMPARE(pair.client.errorString(), QString("The remote host closed the connection"));
}

void tst_QWebSocketOrders::aborting()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.abort();
    QCOMPARE(pair.log, (QStringList{"aboutToClose in Connected", "Unconnected",
                                    "disconnected 1000 \"\"", "readChannelFinished"}));
    QCOMPARE(pair.client.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(!pair.client.isValid());
}

void tst_QWebSocketOrders::abortingSendsNoClose()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.abort();
    QVERIFY(waitFor([&] { return pair.server.isClosed; }));
    QCOMPARE(described(pair.server.received), QByteArrayList());
}

void tst_QWebSocketOrders::abortKeepsTheCode()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.client->close(CloseCodeGoingAway, "bye");
    pair.client->abort();
    QCOMPARE(pair.client->closeCode(), CloseCodeGoingAway);
    QCOMPARE(pair.client->closeReason(), QString("bye"));
}

void tst_QWebSocketOrders::destroyingAConnectedSocket()
{
    QStringList log;
    QStringList atPeer;
    Pair pair;
    QVERIFY(pair.open());
    follow(pair.client.get(), &log);
    follow(pair.peer.get(), &atPeer);
    pair.client.reset();
    QVERIFY2(log.contains("disconnected 1001 \"Connection closed\""), qPrintable(log.join('|')));
    QVERIFY2(log.contains("Unconnected"), qPrintable(log.join('|')));
    QVERIFY(waitFor([&] { return atPeer.contains("readChannelFinished"); }));
    QCOMPARE(atPeer, closeOrder(1001, "Connection closed"));
}

void tst_QWebSocketOrders::destroyingAnUnconnectedSocket()
{
    QStringList log;
    {
        QWebSocket socket;
        follow(&socket, &log);
    }
    QCOMPARE(log, QStringList());
}

QTEST_GUILESS_MAIN(tst_QWebSocketOrders)
#include "tst_qwebsocket_orders.moc"
