// Closing, where Qt breaks the RFC or says things twice.
#include "rawpeers.h"
#include "support.h"

namespace {

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

} // namespace

class tst_DropInClosing : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyCloseIs1005();
    void closing1005SendsAnEmptyClose();
    void codesThatMayNotBeSentAreNot_data();
    void codesThatMayNotBeSentAreNot();
    void reasonsAreCutBetweenCharacters();
    void aDropKeeps1000();
    void closeInAboutToCloseIsNothing();
    void messagesBeforeThePeersCloseArrive();
    void messagesBeforeCloseArriveAtThePeer();
    void aPeerThatNeverAnswersIsDroppedInTheEnd();
    void destroyingSaysAllOfItsEnd();
};

void tst_DropInClosing::anEmptyCloseIs1005()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x88));
    QVERIFY(waitFor([&] { return pair.log.contains("readChannelFinished"); }));
    QCOMPARE(pair.log, closeOrder(1005));
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88"});
}

void tst_DropInClosing::closing1005SendsAnEmptyClose()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close(CloseCodeMissingStatusCode, "not sent");
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88"});
}

void tst_DropInClosing::codesThatMayNotBeSentAreNot_data()
{
    QTest::addColumn<int>("code");
    for (const int code : {0, 999, 1004, 1006, 1015, 1016, 2999, 5000})
        QTest::addRow("%d", code) << code;
}

void tst_DropInClosing::codesThatMayNotBeSentAreNot()
{
    QFETCH(int, code);
    RawPair pair;
    QVERIFY(pair.open());
    allowWarning(QString("WebSocket::close: %1 may not be sent (RFC 6455 section 7.4); "
                         "1000 is sent instead").arg(code));
    pair.client.close(static_cast<CloseCode>(code), "reason");
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1000 reason"});
}

void tst_DropInClosing::reasonsAreCutBetweenCharacters()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close(CloseCodeNormal, QString(62, QChar(0xE4))); // 124 bytes
    const QString cut(61, QChar(0xE4));
    QCOMPARE(pair.client.closeReason(), cut);
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1000 " + cut.toUtf8()});
}

void tst_DropInClosing::aDropKeeps1000()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->abort();
    QVERIFY(waitFor([&] { return pair.log.contains("readChannelFinished"); }));
    QCOMPARE(pair.client.closeCode(), CloseCodeNormal);
}

void tst_DropInClosing::closeInAboutToCloseIsNothing()
{
    RawPair pair;
    QVERIFY(pair.open());
    connect(&pair.client, &QWebSocket::aboutToClose,
            [&] { pair.client.close(CloseCodeGoingAway); });
    pair.client.close(CloseCodePolicyViolated, "no");
    QCOMPARE(pair.log, closeOrder(1008, "no"));
    QVERIFY(waitFor([&] { return !framesOf(pair.server.received).isEmpty(); }));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1008 no"});
}

void tst_DropInClosing::messagesBeforeThePeersCloseArrive()
{
    RawPair pair;
    QVERIFY(pair.open());
    QByteArray all;
    for (int i = 0; i < 100; ++i)
        all += plainFrame(0x81, QByteArray::number(i));
    pair.server.socket->write(all + plainFrame(0x88, closePayload(1000)));
    QVERIFY(waitFor([&] { return pair.log.contains("readChannelFinished"); }));
    QCOMPARE(pair.log.filter("text frame").size(), 100);
    QCOMPARE(pair.log.mid(200), closeOrder(1000));
}

void tst_DropInClosing::messagesBeforeCloseArriveAtThePeer()
{
    Pair pair;
    QVERIFY(pair.open());
    qint64 received = 0;
    connect(pair.peer.get(), &QWebSocket::binaryMessageReceived,
            [&](const QByteArray &data) { received += data.size(); });
    for (int i = 0; i < 50; ++i)
        pair.client->sendBinaryMessage(QByteArray(100000, 'x'));
    pair.client->close(CloseCodeGoingAway);
    QCOMPARE(pair.client->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(received, qint64(50) * 100000);
    QCOMPARE(pair.peer->closeCode(), CloseCodeGoingAway);
}

void tst_DropInClosing::aPeerThatNeverAnswersIsDroppedInTheEnd()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.close();
    QCOMPARE(pair.client.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(waitFor([&] { return pair.server.isClosed; }, 12000));
    QCOMPARE(described(pair.server.received), QByteArrayList{"88 1000"});
}

void tst_DropInClosing::destroyingSaysAllOfItsEnd()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    follow(pair.client.get(), &log);
    pair.client.reset();
    QCOMPARE(log, closeOrder(1001, "Connection closed"));
}

QTEST_GUILESS_MAIN(tst_DropInClosing)
#include "tst_dropin_closing.moc"
