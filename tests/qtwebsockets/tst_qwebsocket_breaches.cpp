// Peers that break the protocol: the code and the reason of the Close that answers them.
#include "rawpeers.h"
#include "support.h"

namespace {

struct Breach
{
    const char *name;
    QByteArray bytes;
    int code;
    QString reason;
};

const QList<Breach> &breaches()
{
    static const QList<Breach> all{
        {"RSV1", plainFrame(0xC1, "x"), 1002, "Rsv field is non-zero"},
        {"RSV2", plainFrame(0xA1, "x"), 1002, "Rsv field is non-zero"},
        {"RSV3", plainFrame(0x91, "x"), 1002, "Rsv field is non-zero"},
        {"opcode 3", plainFrame(0x83, "x"), 1002, "Used reserved opcode"},
        {"opcode 7", plainFrame(0x87, "x"), 1002, "Used reserved opcode"},
        {"opcode 11", plainFrame(0x8B, "x"), 1002, "Used reserved opcode"},
        {"opcode 15", plainFrame(0x8F, "x"), 1002, "Used reserved opcode"},
        {"fragmented Ping", plainFrame(0x09, "x"), 1002, "Control frames cannot be fragmented"},
        {"fragmented Close", plainFrame(0x08), 1002, "Control frames cannot be fragmented"},
        {"Ping of 126 bytes", plainFrame(0x89, QByteArray(126, 'x')), 1002,
         "Control frame is larger than 125 bytes"},
        {"continuation of nothing", plainFrame(0x80, "x"), 1002,
         "Received Continuation frame, while there is nothing to continue."},
        {"text inside a message", plainFrame(0x01, "a") + plainFrame(0x81, "b"), 1002,
         "All data frames after the initial data frame must have opcode 0 (continuation)."},
        {"5 bytes in 16 bits", QByteArray("\x81\x7E\0\5hello", 9), 1002,
         "Lengths smaller than 126 must be expressed as one byte."},
        {"invalid UTF-8", plainFrame(0x81, "a\xFF"), 1007, "Invalid UTF-8 code encountered."},
        {"invalid UTF-8 in a fragment", plainFrame(0x01, "a") + plainFrame(0x80, "\xFF"), 1007,
         "Invalid UTF-8 code encountered."},
        {"half a character at the end", plainFrame(0x81, "\xC3"), 1007,
         "Invalid UTF-8 code encountered."},
        {"a surrogate in UTF-8", plainFrame(0x81, "\xED\xA0\x80"), 1007,
         "Invalid UTF-8 code encountered."},
    };
    return all;
}

} // namespace

class tst_QWebSocketBreaches : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void aClientClosesWithCodeAndReason_data();
    void aClientClosesWithCodeAndReason();
    void aServerClosesWithCodeAndReason_data();
    void aServerClosesWithCodeAndReason();
    void theReasonIsSent();
    void invalidCloseCodes_data();
    void invalidCloseCodes();
    void aCloseOfOneByte();
    void validCloseCodesAreTaken_data();
    void validCloseCodesAreTaken();
    void nothingIsReceivedAfterABreach();
};

void tst_QWebSocketBreaches::aClientClosesWithCodeAndReason_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    for (const Breach &breach : breaches())
        QTest::newRow(breach.name) << breach.bytes << breach.code << breach.reason;
}

void tst_QWebSocketBreaches::aClientClosesWithCodeAndReason()
{
    QStringList log;
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    QFETCH(QString, reason);
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    follow(&client, &log);
    server.socket->write(bytes);
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(int(client.closeCode()), code);
    QCOMPARE(client.closeReason(), reason);
    // The breach is no error of the socket.
    const QStringList order = closeOrder(code, reason);
    QCOMPARE(log.mid(log.size() - order.size()), order);
    QVERIFY2(!log.join('|').contains("error"), qPrintable(log.join('|')));
    QVERIFY(waitFor([&] { return !framesOf(server.received).isEmpty(); }));
    QVERIFY2(described(server.received).at(0).startsWith("88 " + QByteArray::number(code)),
             described(server.received).at(0));
}

void tst_QWebSocketBreaches::aServerClosesWithCodeAndReason_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    for (const Breach &breach : breaches()) {
        QByteArray masked;
        for (const Frame &frame : framesOf(breach.bytes))
            masked += maskedFrame(frame.firstByte, frame.payload);
        if (breach.bytes.startsWith("\x81\x7E"))
            masked = QByteArray("\x81\xFE\0\5\0\0\0\0hello", 13);
        QTest::newRow(breach.name) << masked << breach.code << breach.reason;
    }
}

void tst_QWebSocketBreaches::aServerClosesWithCodeAndReason()
{
    QStringList log;
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    QFETCH(QString, reason);
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient raw(server.serverPort());
    QVERIFY(waitFor([&] { return server.hasPendingConnections() && raw.isAnswered(); }));
    const std::unique_ptr<QWebSocket> socket(server.nextPendingConnection());
    follow(socket.get(), &log);
    raw.socket.write(bytes);
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(int(socket->closeCode()), code);
    QCOMPARE(socket->closeReason(), reason);
    QVERIFY(waitFor([&] { return !framesOf(raw.frames()).isEmpty(); }));
    QVERIFY2(described(raw.frames()).at(0).startsWith("88 " + QByteArray::number(code)),
             described(raw.frames()).at(0));
}

void tst_QWebSocketBreaches::theReasonIsSent()
{
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    server.socket->write(plainFrame(0x83));
    QVERIFY(waitFor([&] { return !framesOf(server.received).isEmpty(); }));
    QCOMPARE(described(server.received), QByteArrayList{"88 1002 Used reserved opcode"});
}

void tst_QWebSocketBreaches::invalidCloseCodes_data()
{
    QTest::addColumn<int>("sent");
    for (const int code : {0, 999, 1004, 1005, 1006, 1016, 2999, 5000, 65535})
        QTest::addRow("%d", code) << code;
}

void tst_QWebSocketBreaches::invalidCloseCodes()
{
    QFETCH(int, sent);
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    server.socket->write(plainFrame(0x88, closePayload(quint16(sent))));
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(client.closeCode(), CloseCodeProtocolError);
    // Qt names its own code here, which helps nobody.
    QCOMPARE(client.closeReason(),
             QString("Invalid close code %1 detected.").arg(isDropIn ? sent : 1002));
}

void tst_QWebSocketBreaches::aCloseOfOneByte()
{
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    server.socket->write(plainFrame(0x88, "\x03"));
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(client.closeCode(), CloseCodeProtocolError);
}

void tst_QWebSocketBreaches::validCloseCodesAreTaken_data()
{
    QTest::addColumn<int>("sent");
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000,
                           4999})
        QTest::addRow("%d", code) << code;
}

void tst_QWebSocketBreaches::validCloseCodesAreTaken()
{
    QFETCH(int, sent);
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    server.socket->write(plainFrame(0x88, closePayload(quint16(sent), "reason")));
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(int(client.closeCode()), sent);
    QCOMPARE(client.closeReason(), QString("reason"));
}

void tst_QWebSocketBreaches::nothingIsReceivedAfterABreach()
{
    QStringList log;
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    follow(&client, &log);
    server.socket->write(plainFrame(0x81, "before") + plainFrame(0x83) + plainFrame(0x81, "after"));
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QVERIFY2(log.contains("text \"before\""), qPrintable(log.join('|')));
    QVERIFY2(!log.contains("text \"after\""), qPrintable(log.join('|')));
}

QTEST_GUILESS_MAIN(tst_QWebSocketBreaches)
#include "tst_qwebsocket_breaches.moc"
