// WebSocketLimits, WebSocketCompression, WebSocketHeartbeat and WebSocketServerLimits: what they
// hold. What their values do to a connection: tst_limits, tst_compression, tst_heartbeat.
#include "support.h"

using namespace std::chrono_literals;

class tst_Options : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limitsHaveTheirDefaults();
    void limitsKeepWhatIsInRange();
    void compressionHasItsDefaults();
    void compressionKeepsWhatIsInRange();
    void heartbeatHasItsDefaults();
    void heartbeatKeepsWhatIsInRange();
    void serverLimitsHaveTheirDefaults();
    void serverLimitsKeepWhatIsInRange();
    void optionsAreValues();
};

void tst_Options::limitsHaveTheirDefaults()
{
    const WebSocketLimits client;
    QCOMPARE(client.maxMessageSize(), quint64(64 * 1024 * 1024));
    QCOMPARE(client.maxFrameSize(), WebSocket::maxIncomingFrameSize());
    QCOMPARE(client.maxFragments(), quint64(131072));
    QCOMPARE(client.highWater(), quint64(1024 * 1024));
    QCOMPARE(client.maxUnsent(), quint64(64 * 1024 * 1024));
    QCOMPARE(client.overflow(), WebSocketLimits::CloseConnection);
    QVERIFY(client.handshakeTimeout() == 10s);
    QVERIFY(client.closeTimeout() == 5s);
    QVERIFY(client.frameTimeout() == 0ms);
    QVERIFY(WebSocket().limits() == client);

    WebSocketLimits server = WebSocketServer("", WebSocketServer::NonSecureMode).limits();
    QVERIFY(server != client);
    QCOMPARE(server.maxMessageSize(), quint64(1024 * 1024));
    QCOMPARE(server.maxUnsent(), quint64(16 * 1024 * 1024));
    server.setMaxMessageSize(client.maxMessageSize());
    server.setMaxUnsent(client.maxUnsent());
    QVERIFY(server == client);
}

void tst_Options::limitsKeepWhatIsInRange()
{
    WebSocketLimits limits;
    limits.setMaxMessageSize(7);
    limits.setMaxFrameSize(8);
    limits.setMaxFragments(9);
    limits.setHighWater(10);
    limits.setMaxUnsent(11);
    limits.setOverflow(WebSocketLimits::DropOldest);
    limits.setHandshakeTimeout(12ms);
    limits.setCloseTimeout(13ms);
    limits.setFrameTimeout(14ms);
    QCOMPARE(limits.maxMessageSize(), quint64(7));
    QCOMPARE(limits.maxFrameSize(), quint64(8));
    QCOMPARE(limits.maxFragments(), quint64(9));
    QCOMPARE(limits.highWater(), quint64(10));
    QCOMPARE(limits.maxUnsent(), quint64(11));
    QCOMPARE(limits.overflow(), WebSocketLimits::DropOldest);
    QVERIFY(limits.handshakeTimeout() == 12ms);
    QVERIFY(limits.closeTimeout() == 13ms);
    QVERIFY(limits.frameTimeout() == 14ms);

    constexpr auto most = std::numeric_limits<quint64>::max();
    limits.setMaxMessageSize(most);
    limits.setMaxFrameSize(most);
    limits.setMaxFragments(0);
    limits.setHighWater(most);
    limits.setMaxUnsent(most);
    limits.setHandshakeTimeout(0ms);
    limits.setCloseTimeout(-1ms);
    limits.setFrameTimeout(-1ms);
    QCOMPARE(limits.maxMessageSize(), WebSocket::maxIncomingMessageSize());
    QCOMPARE(limits.maxFrameSize(), WebSocket::maxIncomingFrameSize());
    QCOMPARE(limits.maxFragments(), quint64(1));
    QCOMPARE(limits.highWater(), most / 2);
    QCOMPARE(limits.maxUnsent(), most / 2);
    QVERIFY(limits.handshakeTimeout() == 1ms);
    QVERIFY(limits.closeTimeout() == 1ms);
    QVERIFY(limits.frameTimeout() == 0ms);
    limits.setCloseTimeout(std::chrono::hours(100000));
    QVERIFY(limits.closeTimeout() == std::chrono::milliseconds(2147483647));
}

void tst_Options::compressionHasItsDefaults()
{
    const WebSocketCompression client;
    QVERIFY(client.isEnabled());
    QCOMPARE(client.level(), 6);
    QCOMPARE(client.threshold(), quint64(64));
    QCOMPARE(client.serverMaxWindowBits(), 15);
    QCOMPARE(client.clientMaxWindowBits(), 15);
    QVERIFY(!client.serverNoContextTakeover());
    QVERIFY(!client.clientNoContextTakeover());
    QVERIFY(WebSocket().compression() == client);
    WebSocketCompression server = WebSocketServer("", WebSocketServer::NonSecureMode).compression();
    QVERIFY(!server.isEnabled());
    server.setEnabled(true);
    QVERIFY(server == client);
}

void tst_Options::compressionKeepsWhatIsInRange()
{
    WebSocketCompression compression;
    compression.setEnabled(false);
    compression.setLevel(9);
    compression.setThreshold(1);
    compression.setServerMaxWindowBits(9);
    compression.setClientMaxWindowBits(10);
    compression.setServerNoContextTakeover(true);
    compression.setClientNoContextTakeover(true);
    QVERIFY(!compression.isEnabled());
    QCOMPARE(compression.level(), 9);
    QCOMPARE(compression.threshold(), quint64(1));
    QCOMPARE(compression.serverMaxWindowBits(), 9);
    QCOMPARE(compression.clientMaxWindowBits(), 10);
    QVERIFY(compression.serverNoContextTakeover());
    QVERIFY(compression.clientNoContextTakeover());
    compression.setLevel(0);
    compression.setServerMaxWindowBits(7);
    compression.setClientMaxWindowBits(16);
    QCOMPARE(compression.level(), 1);
    QCOMPARE(compression.serverMaxWindowBits(), 8);
    QCOMPARE(compression.clientMaxWindowBits(), 15);
    compression.setLevel(10);
    QCOMPARE(compression.level(), 9);
}

void tst_Options::heartbeatHasItsDefaults()
{
    QVERIFY(WebSocketHeartbeat().interval() == 0s);
    QVERIFY(WebSocketHeartbeat().timeout() == 20s);
    QVERIFY(WebSocket().heartbeat() == WebSocketHeartbeat());
    const auto ofServer = WebSocketServer("", WebSocketServer::NonSecureMode).heartbeat();
    QVERIFY(ofServer.interval() == 25s);
    QVERIFY(ofServer.timeout() == 20s);
}

void tst_Options::heartbeatKeepsWhatIsInRange()
{
    WebSocketHeartbeat heartbeat;
    heartbeat.setInterval(3ms);
    heartbeat.setTimeout(4ms);
    QVERIFY(heartbeat.interval() == 3ms);
    QVERIFY(heartbeat.timeout() == 4ms);
    heartbeat.setInterval(-3ms);
    heartbeat.setTimeout(-4ms);
    QVERIFY(heartbeat.interval() == 0ms);
    QVERIFY(heartbeat.timeout() == 0ms);
}

void tst_Options::serverLimitsHaveTheirDefaults()
{
    const WebSocketServerLimits limits;
    QCOMPARE(limits.maxConnections(), quint32(10000));
    QCOMPARE(limits.maxHandshakes(), quint32(256));
    QCOMPARE(limits.maxHandshakesPerAddress(), quint32(16));
    QCOMPARE(limits.backlog(), quint32(1024));
    QCOMPARE(limits.maxHeaderSize(), quint32(16384));
    QCOMPARE(limits.maxHeaders(), quint32(100));
    QVERIFY(WebSocketServer("", WebSocketServer::NonSecureMode).serverLimits() == limits);
}

void tst_Options::serverLimitsKeepWhatIsInRange()
{
    WebSocketServerLimits limits;
    limits.setMaxConnections(1000000);
    limits.setMaxHandshakes(2);
    limits.setMaxHandshakesPerAddress(3);
    limits.setBacklog(4);
    limits.setMaxHeaderSize(500);
    limits.setMaxHeaders(6);
    QCOMPARE(limits.maxConnections(), quint32(1000000));
    QCOMPARE(limits.maxHandshakes(), quint32(2));
    QCOMPARE(limits.maxHandshakesPerAddress(), quint32(3));
    QCOMPARE(limits.backlog(), quint32(4));
    QCOMPARE(limits.maxHeaderSize(), quint32(500));
    QCOMPARE(limits.maxHeaders(), quint32(6));
    limits.setMaxConnections(0);
    limits.setMaxHandshakes(0);
    limits.setMaxHandshakesPerAddress(0);
    limits.setBacklog(0);
    limits.setMaxHeaderSize(0);
    limits.setMaxHeaders(0);
    QCOMPARE(limits.maxConnections(), quint32(1));
    QCOMPARE(limits.maxHandshakes(), quint32(1));
    QCOMPARE(limits.maxHandshakesPerAddress(), quint32(1));
    QCOMPARE(limits.backlog(), quint32(1));
    QCOMPARE(limits.maxHeaderSize(), quint32(256));
    QCOMPARE(limits.maxHeaders(), quint32(1));
    limits.setBacklog(0xFFFFFFFF);
    limits.setMaxHeaderSize(0xFFFFFFFF);
    limits.setMaxHeaders(0xFFFFFFFF);
    QCOMPARE(limits.backlog(), quint32(0x7FFFFFFF));
    QCOMPARE(limits.maxHeaderSize(), quint32(1048576));
    QCOMPARE(limits.maxHeaders(), quint32(10000));
}

/// A copy is its own, and takes part in comparison, assignment, move and swap.
template <typename T, typename Change>
void isValue(Change change)
{
    T original;
    const T copy = original;
    QVERIFY(copy == original && !(copy != original));
    change(&original);
    QVERIFY(copy != original && !(copy == original));
    T assigned;
    assigned = original;
    QVERIFY(assigned == original);
    T moved = std::move(assigned);
    QVERIFY(moved == original);
    T target;
    target = std::move(moved);
    QVERIFY(target == original);
    T other;
    other.swap(target);
    QVERIFY(other == original && target == copy);
}

void tst_Options::optionsAreValues()
{
    isValue<WebSocketLimits>([](auto *options) { options->setFrameTimeout(1s); });
    isValue<WebSocketLimits>([](auto *options) { options->setOverflow(WebSocketLimits::DropNewest); });
    isValue<WebSocketCompression>([](auto *options) { options->setLevel(1); });
    isValue<WebSocketCompression>([](auto *options) { options->setClientNoContextTakeover(true); });
    isValue<WebSocketHeartbeat>([](auto *options) { options->setInterval(1s); });
    isValue<WebSocketServerLimits>([](auto *options) { options->setMaxHeaders(1); });
}

QTEST_GUILESS_MAIN(tst_Options)
#include "tst_options.moc"
