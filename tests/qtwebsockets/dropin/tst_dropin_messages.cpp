// Messages and frames, where Qt breaks the RFC.
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

class tst_DropInMessages : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void aCharacterMayBeSplitAcrossFrames();
    void longTextsAreCutAtCharacters_data();
    void longTextsAreCutAtCharacters();
    void invalidUtf8IsRefusedAcrossFrames();
    void aServerThatMasksIsRefused();
    void aClientThatDoesNotMaskIsRefused();
    void framesMayComeWithTheAnswer();
    void framesMayComeWithTheRequest();
    void aFrameThatStallsClosesWith1001();
};

void tst_DropInMessages::aCharacterMayBeSplitAcrossFrames()
{
    RawPair pair;
    QVERIFY(pair.open());
    const QByteArray bird = "\xF0\x9F\x90\xA6";
    pair.server.socket->write(plainFrame(0x01, "a" + bird.left(1))
                              + plainFrame(0x00, bird.mid(1, 2))
                              + plainFrame(0x80, bird.mid(3) + "z"));
    const QString expected = "text \"a" + QString::fromUtf8(bird) + "z\"";
    QVERIFY2(waitFor([&] { return pair.log.contains(expected); }), qPrintable(pair.log.join('|')));
    QCOMPARE(pair.log.filter("text frame").size(), 3);
    QVERIFY(pair.client.isValid());
}

void tst_DropInMessages::longTextsAreCutAtCharacters_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("two bytes") << QString(20, QChar(0xE4));
    QTest::newRow("three bytes") << QString(20, QChar(0x20AC));
    QTest::newRow("four bytes") << QString::fromUtf8("\xF0\x9F\x90\xA6").repeated(20);
    QTest::newRow("mixed") << QString::fromUtf8("aä€\xF0\x9F\x90\xA6").repeated(20);
}

void tst_DropInMessages::longTextsAreCutAtCharacters()
{
    QFETCH(QString, text);
    RawPair pair;
    QVERIFY(pair.open());
    pair.client.setOutgoingFrameSize(7);
    const QByteArray utf8 = text.toUtf8();
    QCOMPARE(pair.client.sendTextMessage(text), qint64(utf8.size()));
    QByteArray joined;
    QVERIFY(waitFor([&] {
        joined.clear();
        for (const Frame &frame : framesOf(pair.server.received))
            joined += frame.payload;
        return joined.size() >= utf8.size();
    }));
    QCOMPARE(joined, utf8);
    for (const Frame &frame : framesOf(pair.server.received)) {
        QVERIFY(!frame.payload.isEmpty() && frame.payload.size() <= 7);
        QVERIFY2(QString::fromUtf8(frame.payload).toUtf8() == frame.payload,
                 frame.payload.toHex());
    }
}

void tst_DropInMessages::invalidUtf8IsRefusedAcrossFrames()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x01, "\xF0\x9F") + plainFrame(0x80, "z"));
    QVERIFY(waitFor([&] { return pair.client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client.closeCode(), CloseCodeWrongDatatype);
}

void tst_DropInMessages::aServerThatMasksIsRefused()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(maskedFrame(0x81, "masked"));
    QVERIFY(waitFor([&] { return pair.client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client.closeCode(), CloseCodeProtocolError);
    QVERIFY2(!pair.log.contains("text \"masked\""), qPrintable(pair.log.join('|')));
}

void tst_DropInMessages::aClientThatDoesNotMaskIsRefused()
{
    QStringList log;
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections() && raw.isAnswered(); }));
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    follow(socket.get(), &log);
    raw.socket.write(plainFrame(0x81, "plain"));
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(socket->closeCode(), CloseCodeProtocolError);
    QVERIFY2(!log.contains("text \"plain\""), qPrintable(log.join('|')));
    QVERIFY(waitFor([&] { return !framesOf(raw.frames()).isEmpty(); }));
    QVERIFY2(described(raw.frames()).at(0).startsWith("88 1002"), described(raw.frames()).at(0));
}

void tst_DropInMessages::framesMayComeWithTheAnswer()
{
    QStringList log;
    RawServer server;
    server.answer += plainFrame(0x81, "at once");
    QWebSocket client;
    follow(&client, &log);
    client.open(server.url());
    QVERIFY(waitFor([&] { return log.contains("text \"at once\""); }));
    QCOMPARE(log, (QStringList{"Connecting", "Connected", "connected",
                               "text frame \"at once\" last", "text \"at once\""}));
}

void tst_DropInMessages::framesMayComeWithTheRequest()
{
    QStringList log;
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    std::unique_ptr<QWebSocket> socket;
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
        socket.reset(server.nextPendingConnection());
        follow(socket.get(), &log);
    });
    const RawClient raw(server.serverPort(), upgradeRequest() + maskedFrame(0x81, "at once"));
    QVERIFY(waitFor([&] { return log.contains("text \"at once\""); }));
}

void tst_DropInMessages::aFrameThatStallsClosesWith1001()
{
    RawPair pair;
    QVERIFY(pair.open());
    pair.server.socket->write(plainFrame(0x81, "never all of it").left(5));
    QVERIFY(waitFor([&] { return pair.client.state() == QAbstractSocket::UnconnectedState; },
                    12000));
    QCOMPARE(pair.client.closeCode(), CloseCodeGoingAway);
    QCOMPARE(pair.client.closeReason(), QString("Timeout when reading data from socket."));
    QCOMPARE(pair.log, closeOrder(1001, "Timeout when reading data from socket."));
}

QTEST_GUILESS_MAIN(tst_DropInMessages)
#include "tst_dropin_messages.moc"
