// What WebSocketCompression does to a connection.
#include "support.h"

using namespace std::chrono_literals;

class tst_Compression : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void compressionIsAgreedIfBothWantIt_data();
    void compressionIsAgreedIfBothWantIt();
    void windowsAndContextsAreAgreed();
    void shortMessagesTravelPlain();
    void levelsDifferInWhatTheySend();
};

void tst_Compression::compressionIsAgreedIfBothWantIt_data()
{
    QTest::addColumn<bool>("client");
    QTest::addColumn<bool>("server");
    for (const bool client : {false, true}) {
        for (const bool server : {false, true})
            QTest::addRow("%d %d", client, server) << client << server;
    }
}

void tst_Compression::compressionIsAgreedIfBothWantIt()
{
    QFETCH(bool, client);
    QFETCH(bool, server);
    Pair pair;
    WebSocketCompression compression;
    compression.setEnabled(client);
    pair.client->setCompression(compression);
    QVERIFY(pair.client->compression() == compression);
    compression.setEnabled(server);
    pair.server.setCompression(compression);
    QVERIFY(pair.server.compression() == compression);
    QVERIFY(pair.open());
    QCOMPARE(!pair.client->extensions().isEmpty(), client && server);
    QVERIFY(waitFor([&] { return pair.peer->extensions() == pair.client->extensions(); }));
    QSignalSpy messages(pair.peer, &WebSocket::textMessageReceived);
    pair.client->sendTextMessage(QString(10000, 'x'));
    QVERIFY(waitFor([&] { return messages.size() == 1; }));
    QCOMPARE(messages.at(0).at(0).toString(), QString(10000, 'x'));
    QCOMPARE(pair.client->bytesSent() < 10000, client && server);
}

void tst_Compression::windowsAndContextsAreAgreed()
{
    Pair pair;
    WebSocketCompression compression;
    compression.setServerMaxWindowBits(10);
    compression.setClientMaxWindowBits(11);
    compression.setServerNoContextTakeover(true);
    compression.setClientNoContextTakeover(true);
    pair.server.setCompression(compression);
    QVERIFY(pair.open());
    const QString agreed = pair.client->extensions();
    for (const char *part : {"permessage-deflate", "server_max_window_bits=10",
                             "client_max_window_bits=11", "server_no_context_takeover",
                             "client_no_context_takeover"})
        QVERIFY2(agreed.contains(part), qPrintable(agreed));
}

void tst_Compression::shortMessagesTravelPlain()
{
    Pair pair;
    WebSocketCompression compression;
    compression.setThreshold(500);
    pair.client->setCompression(compression);
    compression.setEnabled(true);
    pair.server.setCompression(compression);
    QVERIFY(pair.open());
    QSignalSpy messages(pair.peer, &WebSocket::binaryMessageReceived);
    pair.client->sendBinaryMessage(QByteArray(499, 'x'));
    QVERIFY(waitFor([&] { return messages.size() == 1; }));
    QCOMPARE(pair.client->bytesSent(), quint64(8 + 499));
    pair.client->sendBinaryMessage(QByteArray(500, 'x'));
    QVERIFY(waitFor([&] { return messages.size() == 2; }));
    QVERIFY(pair.client->bytesSent() < 2 * (8 + 499));
}

void tst_Compression::levelsDifferInWhatTheySend()
{
    QByteArray text;
    for (int i = 0; i < 20000; ++i)
        text += QByteArray::number(i * 7919 % 10007);
    quint64 sent[2];
    for (const int level : {1, 9}) {
        Pair pair;
        WebSocketCompression compression;
        compression.setLevel(level);
        pair.client->setCompression(compression);
        pair.server.setCompression(compression);
        QVERIFY(pair.open());
        QSignalSpy messages(pair.peer, &WebSocket::binaryMessageReceived);
        pair.client->sendBinaryMessage(text);
        QVERIFY(waitFor([&] { return messages.size() == 1; }));
        QVERIFY(messages.at(0).at(0).toByteArray() == text);
        sent[level == 9] = pair.client->bytesSent();
    }
    QVERIFY2(sent[1] < sent[0], qPrintable(QString("%1 and %2").arg(sent[1]).arg(sent[0])));
}

QTEST_GUILESS_MAIN(tst_Compression)
#include "tst_compression.moc"
