// Messages, frames, pings and the figures about them.
#include "rawpeers.h"
#include "support.h"

#include <numeric>

namespace {

/// A client that is connected to a plain TCP peer.
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
};

qint64 sum(const QSignalSpy &spy)
{
    return std::accumulate(spy.begin(), spy.end(), qint64(0),
                           [](qint64 all, const QVariantList &one) {
                               return all + one.at(0).toLongLong();
                           });
}

} // namespace

class tst_QWebSocketMessages : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void textsArriveInBothDirections_data();
    void textsArriveInBothDirections();
    void bytesArriveInBothDirections_data();
    void bytesArriveInBothDirections();
    void aFrameIsSignalledBeforeItsMessage();
    void fragmentsAreFramesOfOneMessage();
    void controlFramesComeBetweenFragments();
    void messagesLeaveInFramesOfTheOutgoingSize();
    void eachSideMasksAsItMust();
    void bytesToWriteIsAboveThePayloadUntilItIsSent_data();
    void bytesToWriteIsAboveThePayloadUntilItIsSent();
    void bytesWrittenCountsHeaders();
    void flushSendsWhatWaits();
    void aPingIsAnsweredByAPong();
    void aPingsPayloadIsCutTo125Bytes();
    void pongsTellTheTimeSinceThePing();
    void aPeersPingIsAnswered();
    void tooLargeFramesCloseWith1009();
    void tooLargeMessagesCloseWith1009();
    void messagesUpToTheLimitsArrive();
    void aSmallReadBufferHoldsNoMessageBack();
};

void tst_QWebSocketMessages::textsArriveInBothDirections_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("ASCII") << "hello";
    QTest::newRow("empty") << "";
    QTest::newRow("umlauts") << QString::fromUtf8("Grüße");
    QTest::newRow("surrogates") << QString::fromUtf8("\xF0\x9F\x90\xA6");
    QTest::newRow("zeros") << QString("a%1b").arg(QChar(0));
    QTest::newRow("126") << QString(126, 'x');
    QTest::newRow("65536") << QString(65536, 'x');
    QTest::newRow("a million") << QString(1000000, 'x');
}

void tst_QWebSocketMessages::textsArriveInBothDirections()
{
    QFETCH(QString, text);
    Pair pair;
    QVERIFY(pair.open());
    const qint64 size = text.toUtf8().size();
    QSignalSpy atPeer(pair.peer.get(), &QWebSocket::textMessageReceived);
    QCOMPARE(pair.client->sendTextMessage(text), size);
    QVERIFY(waitFor([&] { return atPeer.count() == 1; }));
    QVERIFY(atPeer.at(0).at(0).toString() == text);
    QSignalSpy atClient(pair.client.get(), &QWebSocket::textMessageReceived);
    QCOMPARE(pair.peer->sendTextMessage(text), size);
    QVERIFY(waitFor([&] { return atClient.count() == 1; }));
    QVERIFY(atClient.at(0).at(0).toString() == text);
}

void tst_QWebSocketMessages::bytesArriveInBothDirections_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::newRow("some") << QByteArray("\0\1\2\377", 4);
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("125") << QByteArray(125, 'x');
    QTest::newRow("126") << QByteArray(126, 'x');
    QTest::newRow("65535") << QByteArray(65535, 'x');
    QTest::newRow("65536") << QByteArray(65536, 'x');
    QTest::newRow("4 MiB") << QByteArray(4 << 20, 'x');
}

void tst_QWebSocketMessages::bytesArriveInBothDirections()
{
    QFETCH(QByteArray, data);
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy atPeer(pair.peer.get(), &QWebSocket::binaryMessageReceived);
    QCOMPARE(pair.client->sendBinaryMessage(data), qint64(data.size()));
    QVERIFY(waitFor([&] { return atPeer.count() == 1; }));
    QVERIFY(atPeer.at(0).at(0).toByteArray() == data);
    QSignalSpy atClient(pair.client.get(), &QWebSocket::binaryMessageReceived);
    QCOMPARE(pair.peer->sendBinaryMessage(data), qint64(data.size()));
    QVERIFY(waitFor([&] { return atClient.count() == 1; }));
    QVERIFY(atClient.at(0).at(0).toByteArray() == data);
}

void tst_QWebSocketMessages::aFrameIsSignalledBeforeItsMessage()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x81, "one") + plainFrame(0x82, "two"));
    QVERIFY(waitFor([&] { return pair.log.size() == 4; }));
    QCOMPARE(pair.log, (QStringList{"text frame \"one\" last", "text \"one\"",
                                    "binary frame two last", "binary two"}));
}

void tst_QWebSocketMessages::fragmentsAreFramesOfOneMessage()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x01, "one ") + plainFrame(0x00, "")
                              + plainFrame(0x00, "two ") + plainFrame(0x80, "three")
                              + plainFrame(0x02, "a") + plainFrame(0x80, "b"));
    QVERIFY(waitFor([&] { return pair.log.contains("binary ab"); }));
    QCOMPARE(pair.log, (QStringList{"text frame \"one \" more", "text frame \"\" more",
                                    "text frame \"two \" more", "text frame \"three\" last",
                                    "text \"one two three\"", "binary frame a more",
                                    "binary frame b last", "binary ab"}));
}

void tst_QWebSocketMessages::controlFramesComeBetweenFragments()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x01, "one ") + plainFrame(0x89, "now?")
                              + plainFrame(0x8A, "late") + plainFrame(0x80, "two"));
    QVERIFY(waitFor([&] { return pair.log.contains("text \"one two\""); }));
    QVERIFY(waitFor([&] { return !described(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"8a now?"});
}

void tst_QWebSocketMessages::messagesLeaveInFramesOfTheOutgoingSize()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.setOutgoingFrameSize(4);
    QCOMPARE(pair.client.sendTextMessage("0123456789"), qint64(10));
    QCOMPARE(pair.client.sendBinaryMessage("01234567"), qint64(8));
    QCOMPARE(pair.client.sendBinaryMessage("0123"), qint64(4));
    QCOMPARE(pair.client.sendTextMessage(""), qint64(0));
    const QByteArrayList expected{"1 0123", "0 4567", "80 89", "2 0123", "80 4567", "82 0123",
                                  "81"};
    waitFor([&] { return described(pair.server.received).size() == expected.size(); });
    QCOMPARE(described(pair.server.received), expected);
}

void tst_QWebSocketMessages::eachSideMasksAsItMust()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.sendTextMessage("hello");
    QVERIFY(waitFor([&] { return framesOf(pair.server.received).size() == 1; }));
    QCOMPARE(framesOf(pair.server.received).at(0).mask.size(), 4);

    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    socket->sendTextMessage("hello");
    QVERIFY(waitFor([&] { return framesOf(raw.frames()).size() == 1; }));
    QCOMPARE(raw.frames(), plainFrame(0x81, "hello"));
}

void tst_QWebSocketMessages::bytesToWriteIsAboveThePayloadUntilItIsSent_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {1, 125, 10000, 1000000})
        QTest::addRow("%d", size) << size;
}

void tst_QWebSocketMessages::bytesToWriteIsAboveThePayloadUntilItIsSent()
{
    QFETCH(int, size);
    Pair pair;
    QVERIFY(pair.open());
    QObject::connect(pair.peer.get(), &QWebSocket::binaryMessageReceived, pair.peer.get(),
                     &QWebSocket::sendBinaryMessage);
    qint64 atEcho = -1;
    QObject::connect(pair.client.get(), &QWebSocket::binaryMessageReceived, pair.client.get(),
                     [&] { atEcho = pair.client->bytesToWrite(); });
    QCOMPARE(pair.client->bytesToWrite(), qint64(0));
    for (int round = 0; round < 10; ++round) {
        atEcho = -1;
        pair.client->sendBinaryMessage(QByteArray(size, 'x'));
        const qint64 waiting = pair.client->bytesToWrite();
        QVERIFY2(waiting > size, qPrintable(QString::number(waiting)));
        QVERIFY(waitFor([&] { return atEcho >= 0; }));
        QCOMPARE(atEcho, qint64(0));
    }
}

void tst_QWebSocketMessages::bytesWrittenCountsHeaders()
{
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy byClient(pair.client.get(), &QWebSocket::bytesWritten);
    QSignalSpy byPeer(pair.peer.get(), &QWebSocket::bytesWritten);
    pair.client->sendTextMessage("hello");
    pair.client->sendBinaryMessage(QByteArray(200, 'x'));
    pair.peer->sendTextMessage("hello");
    const qint64 expected = (6 + 5) + (8 + 200);
    QVERIFY(waitFor([&] { return sum(byClient) >= expected && sum(byPeer) >= 2 + 5; }));
    QCOMPARE(sum(byClient), expected);
    QCOMPARE(sum(byPeer), qint64(2 + 5));
}

void tst_QWebSocketMessages::flushSendsWhatWaits()
{
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy atPeer(pair.peer.get(), &QWebSocket::textMessageReceived);
    pair.client->sendTextMessage("hello");
    QVERIFY(pair.client->flush());
    QVERIFY(waitFor([&] { return atPeer.count() == 1; }));
    QVERIFY(!pair.client->flush()); // nothing was left to write
}

void tst_QWebSocketMessages::aPingIsAnsweredByAPong()
{
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy pongs(pair.client.get(), &QWebSocket::pong);
    pair.client->ping("are you there?");
    QVERIFY(waitFor([&] { return pongs.count() == 1; }));
    QCOMPARE(pongs.at(0).at(1).toByteArray(), QByteArray("are you there?"));
    pair.client->ping();
    QVERIFY(waitFor([&] { return pongs.count() == 2; }));
    QCOMPARE(pongs.at(1).at(1).toByteArray(), QByteArray());
    QSignalSpy back(pair.peer.get(), &QWebSocket::pong);
    pair.peer->ping("and you?");
    QVERIFY(waitFor([&] { return back.count() == 1; }));
    QCOMPARE(back.at(0).at(1).toByteArray(), QByteArray("and you?"));
}

void tst_QWebSocketMessages::aPingsPayloadIsCutTo125Bytes()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.ping(QByteArray(125, 'a') + "b");
    QVERIFY(waitFor([&] { return framesOf(pair.server.received).size() == 1; }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"89 " + QByteArray(125, 'a')});
}

void tst_QWebSocketMessages::pongsTellTheTimeSinceThePing()
{
    RawPair pair;
    QVERIFY(pair.open());
    QSignalSpy pongs(&pair.client, &QWebSocket::pong);
    QElapsedTimer timer;
    timer.start();
    pair.client.ping("1");
    QVERIFY(waitFor([&] { return timer.elapsed() >= 50 && !pair.server.received.isEmpty(); }));
    pair.server.socket->write(plainFrame(0x8A, "1"));
    QVERIFY(waitFor([&] { return pongs.count() == 1; }));
    const qint64 all = timer.elapsed();
    const qint64 told = pongs.at(0).at(0).toLongLong();
    QVERIFY2(told >= 49 && told <= all + 1, qPrintable(QString("%1 of %2").arg(told).arg(all)));
}

void tst_QWebSocketMessages::aPeersPingIsAnswered()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x89, "one"));
    QVERIFY(waitFor([&] { return framesOf(pair.server.received).size() == 1; }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"8a one"});
    QCOMPARE(pair.log, QStringList());
}

void tst_QWebSocketMessages::tooLargeFramesCloseWith1009()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    follow(pair.client.get(), &log);
    pair.client->setMaxAllowedIncomingFrameSize(4);
    pair.peer->sendTextMessage("12345");
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
    QCOMPARE(pair.client->closeReason(), QString("Maximum framesize exceeded."));
    QCOMPARE(pair.peer->closeCode(), CloseCodeTooMuchData);
    QCOMPARE(log, closeOrder(1009, "Maximum framesize exceeded."));
}

void tst_QWebSocketMessages::tooLargeMessagesCloseWith1009()
{
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy messages(pair.client.get(), &QWebSocket::binaryMessageReceived);
    pair.client->setMaxAllowedIncomingMessageSize(10);
    pair.peer->setOutgoingFrameSize(4);
    pair.peer->sendBinaryMessage("01234567890");
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
    QCOMPARE(pair.client->closeReason(), QString("Received message is too big."));
    QCOMPARE(pair.peer->closeCode(), CloseCodeTooMuchData);
    QCOMPARE(messages.count(), 0);
}

void tst_QWebSocketMessages::messagesUpToTheLimitsArrive()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.client->setMaxAllowedIncomingFrameSize(4);
    pair.client->setMaxAllowedIncomingMessageSize(10);
    pair.peer->setOutgoingFrameSize(4);
    QSignalSpy messages(pair.client.get(), &QWebSocket::textMessageReceived);
    pair.peer->sendTextMessage("0123456789");
    QVERIFY(waitFor([&] { return messages.count() == 1; }));
    QCOMPARE(messages.at(0).at(0).toString(), QString("0123456789"));
}

void tst_QWebSocketMessages::aSmallReadBufferHoldsNoMessageBack()
{
    Pair pair;
    pair.client->setReadBufferSize(1024);
    QVERIFY(pair.open());
    QSignalSpy messages(pair.client.get(), &QWebSocket::binaryMessageReceived);
    for (int i = 0; i < 100; ++i)
        pair.peer->sendBinaryMessage(QByteArray(500, char(i)));
    QVERIFY(waitFor([&] { return messages.count() == 100; }));
    for (int i = 0; i < 100; ++i)
        QVERIFY(messages.at(i).at(0).toByteArray() == QByteArray(500, char(i)));
}

QTEST_GUILESS_MAIN(tst_QWebSocketMessages)
#include "tst_qwebsocket_messages.moc"
