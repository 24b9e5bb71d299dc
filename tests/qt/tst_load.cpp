// Much at once: many connections, a huge message, a reader that stands still,
// a peer that dies in the middle of a message.
#include "support.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QSemaphore>
#include <QtCore/QThread>

#include <atomic>
#include <cstring>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#endif

namespace {

/// Memory of this process in MiB, 0 where that can't be read.
qint64 residentMiB()
{
    QFile file("/proc/self/statm");
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * 4096 / (1024 * 1024);
}

/// Ends its process, by its id, with the object.
struct Peer
{
    QProcess process;

    explicit Peer(const QStringList &arguments)
    {
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(FLOOD_PEER, arguments);
    }
    ~Peer()
    {
        process.kill();
        process.waitForFinished();
    }
    QByteArray line()
    {
        waitFor([this] { return process.canReadLine(); }, 30000);
        return process.readLine().trimmed();
    }
};

} // namespace

class tst_Load : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aThousandConnectionsAtOnce();
    void aBinaryMessageOf100MiB();
    void aTextOf20MiB();
    void aReaderThatStandsStillKeepsMemoryBounded();
    void aServerKilledInMidMessage();
};

void tst_Load::aThousandConnectionsAtOnce()
{
    constexpr int count = 1000;
#ifdef Q_OS_UNIX
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 2 * count + 100)
        QSKIP("the system allows too few descriptors");
#endif
    int echoes = 0;
    int errors = 0;
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &WebSocketServer::newConnection, [&] {
        WebSocket *const peer = server.nextPendingConnection();
        peer->setParent(&server);
        connect(peer, &WebSocket::textMessageReceived, peer, &WebSocket::sendTextMessage);
    });
    std::vector<std::unique_ptr<WebSocket>> clients;
    for (int i = 0; i < count; ++i) {
        auto client = std::make_unique<WebSocket>();
        WebSocket *const raw = client.get();
        connect(raw, &WebSocket::connected, [=] { raw->sendTextMessage(QString::number(i)); });
        connect(raw, &WebSocket::errorOccurred, [&] { ++errors; });
        connect(raw, &WebSocket::textMessageReceived,
                [&echoes, i](const QString &text) { echoes += text == QString::number(i); });
        raw->open(server.serverUrl());
        clients.push_back(std::move(client));
    }
    QVERIFY2(waitFor([&] { return echoes + errors >= count; }, 60000),
             qPrintable(QString("%1 echoes, %2 errors").arg(echoes).arg(errors)));
    QCOMPARE(errors, 0);
    // All of them are open at this moment.
    for (const auto &client : clients)
        QVERIFY(client->isValid());
}

void tst_Load::aBinaryMessageOf100MiB()
{
    QByteArray received;
    Pair pair;
    QVERIFY(pair.open());
    QByteArray data(100 * 1024 * 1024, Qt::Uninitialized);
    for (qint64 i = 0; i < data.size(); ++i)
        data.data()[i] = char(i ^ i >> 11);
    connect(pair.peer, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &message) { received = message; });
    QCOMPARE(pair.client->sendBinaryMessage(data), qint64(data.size()));
    QVERIFY(pair.client->bytesToWrite() > 0);
    QVERIFY(waitFor([&] { return !received.isEmpty(); }, 60000));
    QVERIFY(received == data);
    QVERIFY(waitFor([&] { return pair.client->bytesToWrite() == 0; }));
}

void tst_Load::aTextOf20MiB()
{
    QString received;
    Pair pair;
    QVERIFY(pair.open());
    const QString text = QString::fromUtf8("tick \xE2\x82\xAC \xF0\x9F\x90\xA6 ").repeated(1600000);
    connect(pair.peer, &WebSocket::textMessageReceived,
            [&](const QString &message) { received = message; });
    QCOMPARE(pair.client->sendTextMessage(text), qint64(text.toUtf8().size()));
    QVERIFY(waitFor([&] { return !received.isEmpty(); }, 60000));
    QVERIFY(received == text);
}

void tst_Load::aReaderThatStandsStillKeepsMemoryBounded()
{
    constexpr int count = 1024;
    constexpr int size = 64 * 1024;
    QSemaphore mayGoOn;
    std::atomic<int> received{0};
    std::atomic<int> wrong{0};
    std::atomic<bool> stands{false};
    std::atomic<bool> isClosed{false};
    QThread thread;
    auto *const server = new WebSocketServer("", WebSocketServer::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    const QUrl url = server->serverUrl();
    connect(&thread, &QThread::finished, server, &QObject::deleteLater);
    connect(server, &WebSocketServer::newConnection, server, [&] {
        WebSocket *const peer = server->nextPendingConnection();
        peer->setParent(server);
        connect(peer, &WebSocket::disconnected, peer, [&] { isClosed = true; });
        const auto take = [&, peer](const QByteArray &message) {
            int number = -1;
            std::memcpy(&number, message.constData(), sizeof number);
            if (number != received || message.size() != size)
                ++wrong;
            if (received == 0) {
                stands = true;
                mayGoOn.acquire();
            }
            if (++received == count)
                peer->close();
        };
        connect(peer, &WebSocket::binaryMessageReceived, peer, take);
    });
    server->moveToThread(&thread);
    thread.start();
    const qint64 before = residentMiB();
    Peer peer({"client", url.toString(), QString::number(count), QString::number(size)});
    QCOMPARE(peer.line(), QByteArray("queued"));
    QVERIFY(waitFor([&] { return stands.load(); }));
    // Time for the 64 MiB to come in, were there nothing that holds them.
    qint64 most = 0;
    for (int i = 0; i < 20; ++i) {
        QTest::qWait(25);
        most = std::max(most, residentMiB() - before);
    }
    mayGoOn.release();
    QVERIFY(waitFor([&] { return isClosed.load(); }, 60000));
    QCOMPARE(received.load(), count);
    QCOMPARE(wrong.load(), 0);
    thread.quit();
    thread.wait();
    QVERIFY2(most < 24, qPrintable(QString("%1 MiB more").arg(most)));
}

void tst_Load::aServerKilledInMidMessage()
{
    QStringList log;
    QStringList expected{"errorOccurred 1 in ConnectedState", "error 1", "ClosingState",
                         "UnconnectedState", "disconnected", "readChannelFinished"};
    bool hasBegun = false;
    int messages = 0;
    Peer peer({"server", QString::number(256 * 1024 * 1024)});
    const QByteArray port = peer.line();
    WebSocket client;
    client.setLimits(largeLimits());
    connect(&client, &WebSocket::binaryFrameReceived, [&](const QByteArray &, bool) {
        if (!std::exchange(hasBegun, true))
            peer.process.kill();
    });
    connect(&client, &WebSocket::binaryMessageReceived, [&] { ++messages; });
    client.open(QUrl("ws://127.0.0.1:" + QString::fromLatin1(port)));
    QVERIFY(waitFor([&] { return client.isValid(); }));
    record(&client, &log);
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }, 30000));
    QVERIFY(hasBegun);
    QCOMPARE(messages, 0);
    QCOMPARE(log, expected);
    QCOMPARE(client.closeCode(), CloseCodeAbnormalDisconnection);
    QCOMPARE(client.error(), QAbstractSocket::RemoteHostClosedError);
}

QTEST_GUILESS_MAIN(tst_Load)
#include "tst_load.moc"
