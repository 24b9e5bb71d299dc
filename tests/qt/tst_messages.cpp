// What arrives is what was sent: text, binary, frames, sizes, limits, Ping.
#include "support.h"

class tst_Messages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textArrivesUnchanged_data();
    void textArrivesUnchanged();
    void loneSurrogatesBecomeReplacementCharacters();
    void sendTextReturnsTheLengthInUtf8();
    void binaryArrivesUnchanged_data();
    void binaryArrivesUnchanged();
    void dataThatOthersOwnIsCopied();
    void messagesKeepTheirOrder();
    void aFrameComesBeforeItsMessage();
    void longMessagesComeInFrames();
    void charactersAreNotCutBetweenFrames();
    void framesOfAPeerAreShown();
    void aMessageIsSentFrameByFrame();
    void aMessageIsReceivedPieceByPiece();
    void tooLargeAMessageClosesWith1009();
    void tooLargeAFrameClosesWith1009();
    void aPingIsAnsweredWithItsPayload();
    void aPingIsCutTo125Bytes();
    void pingsOfThePeerAreShown();
    void bytesWrittenCountsHeadersToo();
    void anUnconnectedSocketSendsNothing();
    void aBroadcastReachesAllThatAreOpen();
    void aBroadcastKeepsItsPlaceAmongOtherMessages();
    void repliesOfANestedEventLoopArriveInIt();
    void anExceptionInASlotDoesNoHarm();
};

void tst_Messages::textArrivesUnchanged_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString("");
    QTest::newRow("ASCII") << QString("hello");
    QTest::newRow("two bytes") << QString(QChar(0xFC));
    QTest::newRow("beyond the BMP") << QString::fromUtf8("a\xF0\x9F\x90\xA6z");
    QTest::newRow("NUL and U+FFFE") << (QString(QChar(0)) + QChar(0xFFFE) + QChar(0xFEFF));
    QTest::newRow("4096") << QString(4096, 'x');
    QTest::newRow("4097") << QString(4097, QChar(0x20AC));
    QTest::newRow("16 Ki") << QString(16 * 1024, 'y');
    QTest::newRow("16 Ki and one") << QString(16 * 1024 + 1, QChar(0xE9));
    QTest::newRow("2 MiB, mixed")
        << QString::fromUtf8("a\xF0\x9F\x90\xA6\xC3\xA9\xE2\x82\xAC").repeated(200000);
}

void tst_Messages::textArrivesUnchanged()
{
    QFETCH(QString, text);
    QStringList texts;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textMessageReceived,
            [&](const QString &t) { pair.peer->sendTextMessage(t); });
    connect(pair.client.get(), &WebSocket::textMessageReceived,
            [&](const QString &t) { texts << t; });
    QCOMPARE(pair.client->sendTextMessage(text), qint64(text.toUtf8().size()));
    QVERIFY(waitFor([&] { return !texts.isEmpty(); }));
    QCOMPARE(texts.first().size(), text.size());
    QVERIFY(texts.first() == text);
}

void tst_Messages::loneSurrogatesBecomeReplacementCharacters()
{
    QStringList texts;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    const QString text = QString("a") + QChar(0xD83D) + "b" + QChar(0xDC26);
    QCOMPARE(pair.client->sendTextMessage(text), qint64(1 + 3 + 1 + 3));
    QVERIFY(waitFor([&] { return !texts.isEmpty(); }));
    QCOMPARE(texts.first(), QString("a") + QChar(0xFFFD) + "b" + QChar(0xFFFD));
}

void tst_Messages::sendTextReturnsTheLengthInUtf8()
{
    Pair pair;
    QVERIFY(pair.open());
    QCOMPARE(pair.client->sendTextMessage(QString::fromUtf8("\xF0\x9F\x90\xA6")), qint64(4));
    QCOMPARE(pair.client->sendTextMessage(QString(20000, QChar(0x20AC))), qint64(60000));
}

void tst_Messages::binaryArrivesUnchanged_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 125, 126, 4096, 4097, 16384, 16385, 65535, 65536, 3000000})
        QTest::addRow("%d", size) << size;
}

void tst_Messages::binaryArrivesUnchanged()
{
    QFETCH(int, size);
    QList<QByteArray> messages;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &m) { pair.peer->sendBinaryMessage(m); });
    connect(pair.client.get(), &WebSocket::binaryMessageReceived,
            [&](const QByteArray &m) { messages << m; });
    QByteArray data(size, Qt::Uninitialized);
    for (int i = 0; i < size; ++i)
        data[i] = char(i * 31 ^ i >> 8);
    // Three times: buffers are used again.
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(pair.client->sendBinaryMessage(data), qint64(size));
        QVERIFY(waitFor([&] { return messages.size() == i + 1; }));
        QVERIFY(messages.last() == data);
    }
    QVERIFY(messages.first() == data);
}

void tst_Messages::dataThatOthersOwnIsCopied()
{
    QList<QByteArray> messages;
    QStringList texts;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &m) { messages << m; });
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    std::vector<char> bytes(1000000, 'b');
    std::vector<QChar> units(1000000, QChar('t'));
    for (int i = 0; i < 8; ++i) {
        pair.client->sendBinaryMessage(QByteArray::fromRawData(bytes.data(), int(bytes.size())));
        pair.client->sendTextMessage(QString::fromRawData(units.data(), int(units.size())));
    }
    std::fill(bytes.begin(), bytes.end(), 'X');
    std::fill(units.begin(), units.end(), QChar('X'));
    QVERIFY(waitFor([&] { return messages.size() == 8 && texts.size() == 8; }));
    for (const QByteArray &message : std::as_const(messages))
        QVERIFY(message == QByteArray(1000000, 'b'));
    for (const QString &text : std::as_const(texts))
        QVERIFY(text == QString(1000000, 't'));
}

void tst_Messages::messagesKeepTheirOrder()
{
    int next = 0;
    int wrong = 0;
    Pair pair;
    QVERIFY(pair.open());
    const auto check = [&](int number) { wrong += number != next++; };
    connect(pair.peer, &WebSocket::textMessageReceived,
            [&](const QString &t) { check(t.section(' ', 0, 0).toInt()); });
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &m) { check(m.left(m.indexOf(' ')).toInt()); });
    constexpr int count = 3000;
    for (int i = 0; i < count; ++i) {
        const int size = i % 50 ? i % 700 : 40000;
        const QByteArray message = QByteArray::number(i) + ' ' + QByteArray(size, '.');
        if (i % 3)
            pair.client->sendTextMessage(QString::fromLatin1(message));
        else
            pair.client->sendBinaryMessage(message);
    }
    QVERIFY(waitFor([&] { return next == count; }, 30000));
    QCOMPARE(wrong, 0);
}

void tst_Messages::aFrameComesBeforeItsMessage()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textFrameReceived, [&](const QString &frame, bool isLast) {
        log << QString("frame %1 %2").arg(frame).arg(isLast);
    });
    connect(pair.peer, &WebSocket::textMessageReceived,
            [&](const QString &message) { log << "message " + message; });
    connect(pair.peer, &WebSocket::binaryFrameReceived, [&](const QByteArray &frame, bool isLast) {
        log << QString("binary frame %1 %2").arg(QString::fromLatin1(frame)).arg(isLast);
    });
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &message) { log << "binary " + QString::fromLatin1(message); });
    pair.client->sendTextMessage("one");
    pair.client->sendBinaryMessage("two");
    QVERIFY(waitFor([&] { return log.size() == 4; }));
    const QStringList expected{"frame one 1", "message one", "binary frame two 1", "binary two"};
    QCOMPARE(log, expected);
}

void tst_Messages::longMessagesComeInFrames()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    pair.client->setOutgoingFrameSize(4);
    connect(pair.peer, &WebSocket::binaryFrameReceived, [&](const QByteArray &frame, bool isLast) {
        log << QString::fromLatin1(frame) + (isLast ? "." : "");
    });
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &message) { log << QString::fromLatin1(message); });
    pair.client->sendBinaryMessage("abcdefghij");
    QVERIFY(waitFor([&] { return log.size() == 4; }));
    const QStringList expected{"abcd", "efgh", "ij.", "abcdefghij"};
    QCOMPARE(log, expected);
}

void tst_Messages::charactersAreNotCutBetweenFrames()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    pair.client->setOutgoingFrameSize(5);
    connect(pair.peer, &WebSocket::textFrameReceived,
            [&](const QString &frame, bool) { log << frame; });
    const QString bird = QString::fromUtf8("\xF0\x9F\x90\xA6");
    pair.client->sendTextMessage(bird.repeated(3));
    QVERIFY(waitFor([&] { return log.size() == 3; }));
    QCOMPARE(log, QStringList({bird, bird, bird}));
}

void tst_Messages::framesOfAPeerAreShown()
{
    QStringList log;
    RawServer server;
    WebSocket socket;
    connect(&socket, &WebSocket::textFrameReceived,
            [&](const QString &frame, bool isLast) { log << frame + (isLast ? "." : ""); });
    connect(&socket, &WebSocket::textMessageReceived, [&](const QString &text) { log << text; });
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    // The character is split: it comes with the frame that ends it.
    server.socket->write(plainFrame(0x01, "a\xC3") + plainFrame(0x00, "\xA9z")
                         + plainFrame(0x80, ""));
    QVERIFY(waitFor([&] { return log.size() == 4; }));
    const QStringList expected{"a", QString::fromUtf8("\xC3\xA9z"), ".",
                               QString::fromUtf8("a\xC3\xA9z")};
    QCOMPARE(log, expected);
}

void tst_Messages::aMessageIsSentFrameByFrame()
{
    Pair pair;
    QVERIFY(pair.open());
    QStringList texts;
    QByteArrayList binaries;
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &b) { binaries << b; });
    QCOMPARE(pair.client->sendTextFrame(QString(QChar(0xE9)), false), qint64(2));
    QCOMPARE(pair.client->sendTextMessage("between"), qint64(0));
    QCOMPARE(pair.client->sendBinaryFrame("between", false), qint64(0));
    QCOMPARE(pair.client->sendTextFrame("t", true), qint64(1));
    QCOMPARE(pair.client->sendBinaryFrame("1", false), qint64(1));
    QCOMPARE(pair.client->sendBinaryFrame("", true), qint64(0));
    QCOMPARE(pair.client->sendTextMessage("after"), qint64(5));
    QVERIFY(waitFor([&] { return texts.size() == 2; }));
    QCOMPARE(texts, QStringList({QString(QChar(0xE9)) + "t", "after"}));
    QCOMPARE(binaries, QByteArrayList({"1"}));
}

void tst_Messages::aMessageIsReceivedPieceByPiece()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.peer->setStreaming(true);
    QVERIFY(pair.peer->isStreaming());
    QString pieces;
    int lasts = 0;
    const auto piece = connect(pair.peer, &WebSocket::textFrameReceived,
                               [&](const QString &text, bool isLast) {
                                   pieces += text;
                                   lasts += isLast;
                               });
    connect(pair.peer, &WebSocket::textMessageReceived,
            [] { QFAIL("streamed messages are told by their pieces alone"); });
    pair.client->sendTextFrame("not ", false);
    QVERIFY(waitFor([&] { return pieces == "not "; }));
    QCOMPARE(lasts, 0);
    const QString rest = QString(QChar(0x20AC)).repeated(300000);
    pair.client->sendTextFrame(rest, true);
    QVERIFY(waitFor([&] { return lasts == 1; }));
    QCOMPARE(pieces.size(), 4 + rest.size());
    QVERIFY(pieces.endsWith(rest));

    // Nobody listens to frames any more, but messages stay in pieces.
    disconnect(piece);
    QSignalSpy pong(pair.client.get(), &WebSocket::pong);
    pair.client->sendTextMessage("unheard");
    pair.client->ping();
    QVERIFY(waitFor([&] { return !pong.isEmpty(); }));
    QVERIFY(pair.peer->isStreaming());
    pair.peer->setStreaming(false);
    pair.peer->disconnect();
    QStringList texts;
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    pair.client->sendTextMessage("whole");
    QVERIFY(waitFor([&] { return texts == QStringList("whole"); }));
}

void tst_Messages::tooLargeAMessageClosesWith1009()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.peer->setMaxAllowedIncomingMessageSize(1000);
    pair.client->setOutgoingFrameSize(400);
    pair.client->sendTextMessage(QString(1000, 'x'));
    pair.client->sendTextMessage(QString(1001, 'x'));
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.peer->closeCode(), CloseCodeTooMuchData);
    QVERIFY(!pair.peer->closeReason().isEmpty());
    QCOMPARE(pair.peer->error(), QAbstractSocket::UnknownSocketError);
}

void tst_Messages::tooLargeAFrameClosesWith1009()
{
    Pair pair;
    QVERIFY(pair.open());
    pair.peer->setMaxAllowedIncomingFrameSize(100);
    pair.client->sendBinaryMessage(QByteArray(101, 'x'));
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
}

void tst_Messages::aPingIsAnsweredWithItsPayload()
{
    QList<QByteArray> payloads;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.client.get(), &WebSocket::pong,
            [&](quint64 elapsed, const QByteArray &payload) {
                QVERIFY(elapsed < 10000);
                payloads << payload;
            });
    pair.client->ping("abc");
    QVERIFY(waitFor([&] { return payloads.size() == 1; }));
    pair.client->ping();
    QVERIFY(waitFor([&] { return payloads.size() == 2; }));
    QCOMPARE(payloads, QList<QByteArray>({"abc", ""}));
}

void tst_Messages::aPingIsCutTo125Bytes()
{
    QList<QByteArray> payloads;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.client.get(), &WebSocket::pong,
            [&](quint64, const QByteArray &payload) { payloads << payload; });
    pair.client->ping(QByteArray(126, 'p'));
    QVERIFY(waitFor([&] { return !payloads.isEmpty(); }));
    QCOMPARE(payloads.first(), QByteArray(125, 'p'));
}

void tst_Messages::pingsOfThePeerAreShown()
{
    QList<QByteArray> payloads;
    Pair pair;
    QVERIFY(pair.open());
    const auto connection =
        connect(pair.peer, &WebSocket::pingReceived,
                [&](const QByteArray &payload) { payloads << payload; });
    pair.client->ping("shown");
    QVERIFY(waitFor([&] { return !payloads.isEmpty(); }));
    QCOMPARE(payloads, QList<QByteArray>{"shown"});
    QVERIFY(disconnect(connection));
    pair.client->ping("unseen");
    pair.client->sendTextMessage("still there");
    QSignalSpy texts(pair.peer, &WebSocket::textMessageReceived);
    QVERIFY(waitFor([&] { return texts.size() == 1; }));
    QCOMPARE(payloads.size(), 1);
}

void tst_Messages::bytesWrittenCountsHeadersToo()
{
    qint64 written = 0;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::bytesWritten, [&](qint64 bytes) { written += bytes; });
    pair.peer->sendBinaryMessage(QByteArray(1000, 'x'));
    QVERIFY(waitFor([&] { return written >= 1004; }));
    QCOMPARE(written, qint64(1004));
    QCOMPARE(pair.peer->bytesToWrite(), qint64(0));
}

void tst_Messages::anUnconnectedSocketSendsNothing()
{
    WebSocket socket;
    QCOMPARE(socket.sendTextMessage("x"), qint64(0));
    QCOMPARE(socket.sendBinaryMessage("x"), qint64(0));
    socket.ping("x");
    QVERIFY(socket.flush());
}

void tst_Messages::aBroadcastReachesAllThatAreOpen()
{
    QStringList texts;
    QList<QByteArray> bytes;
    std::vector<Pair> pairs(3);
    QList<WebSocket *> peers;
    for (Pair &pair : pairs) {
        QVERIFY(pair.open());
        connect(pair.client.get(), &WebSocket::textMessageReceived,
                [&](const QString &text) { texts << text; });
        connect(pair.client.get(), &WebSocket::binaryMessageReceived,
                [&](const QByteArray &data) { bytes << data; });
        peers << pair.peer;
    }
    WebSocket unconnected;
    peers << &unconnected << nullptr;
    const QString large = QString(100000, QChar(0x20AC));
    QCOMPARE(WebSocket::broadcastTextMessage({}, large), 0);
    QCOMPARE(WebSocket::broadcastTextMessage(peers, large), 3);
    QCOMPARE(WebSocket::broadcastBinaryMessage(peers, QByteArray(70000, 'b')), 3);
    QVERIFY(waitFor([&] { return texts.size() == 3 && bytes.size() == 3; }));
    QCOMPARE(texts, QStringList({ large, large, large }));
    for (const QByteArray &data : bytes)
        QCOMPARE(data, QByteArray(70000, 'b'));

    pairs[1].client->abort();
    QVERIFY(waitFor([&] { return !pairs[1].peer->isValid(); }));
    QCOMPARE(WebSocket::broadcastTextMessage(peers, QStringLiteral("two")), 2);
    QVERIFY(waitFor([&] { return texts.size() == 5; }));
}

void tst_Messages::aBroadcastKeepsItsPlaceAmongOtherMessages()
{
    QStringList texts;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.client.get(), &WebSocket::textMessageReceived,
            [&](const QString &text) { texts << text; });
    QStringList expected;
    for (int i = 0; i < 100; ++i) {
        const QString text = QString::number(i).repeated(i % 5 == 0 ? 20000 : 1);
        if (i % 3 == 0)
            QCOMPARE(WebSocket::broadcastTextMessage({ pair.peer }, text), 1);
        else
            pair.peer->sendTextMessage(text);
        expected << text;
    }
    QVERIFY(waitFor([&] { return texts.size() == 100; }));
    QCOMPARE(texts, expected);
}

void tst_Messages::repliesOfANestedEventLoopArriveInIt()
{
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textMessageReceived,
            [&](const QString &t) { pair.peer->sendTextMessage("re " + t); });
    connect(pair.client.get(), &WebSocket::textMessageReceived, [&](const QString &text) {
        log << text;
        if (text != "re first")
            return;
        // The answer is written, and comes, while this slot still runs; as does
        // what had been taken together with "first".
        pair.client->sendTextMessage("nested");
        QVERIFY(waitFor([&] { return log.contains("re nested"); }));
        log << "end";
    });
    pair.client->sendTextMessage("first");
    pair.client->sendTextMessage("second");
    QVERIFY(waitFor([&] { return log.contains("end"); }));
    const QStringList expected{"re first", "re second", "re nested", "end"};
    QCOMPARE(log, expected);
}

void tst_Messages::anExceptionInASlotDoesNoHarm()
{
    QStringList texts;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &text) {
        texts << text;
        if (text == "throw")
            throw std::runtime_error("from a slot");
    });
    QTest::ignoreMessage(QtCriticalMsg, "Wirebird: a slot has thrown: from a slot");
    pair.client->sendTextMessage("throw");
    pair.client->sendTextMessage("after");
    QVERIFY(waitFor([&] { return texts.size() == 2; }));
    QVERIFY(pair.client->isValid());
}

QTEST_GUILESS_MAIN(tst_Messages)
#include "tst_messages.moc"
