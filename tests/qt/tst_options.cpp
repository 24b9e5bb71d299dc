// WebSocketLimits, WebSocketCompression, WebSocketHeartbeat and WebSocketServerLimits: what they
// hold, and what each value does to a connection.
#include "support.h"

using namespace std::chrono_literals;

namespace {

/// A client of `server` whose TCP peer does what the test says.
std::unique_ptr<WebSocket> fetch(WebSocketServer *server)
{
    waitFor([&] { return server->hasPendingConnections(); });
    return std::unique_ptr<WebSocket>(server->nextPendingConnection());
}

/// A peer that has sent its request and reads nothing but what the system takes for it.
class Sluggish
{
public:
    QTcpSocket socket;
    explicit Sluggish(const WebSocketServer &server)
    {
        socket.setReadBufferSize(1024);
        socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
        socket.write("GET / HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\n\r\n");
    }
};

/// Half of it does not fit into the buffers of a TCP connection.
const QByteArray large(32 * 1024 * 1024, 'x');

} // namespace

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

    void maxMessageSizeClosesWith1009();
    void maxFrameSizeClosesWith1009();
    void maxFragmentsClosesWith1008();
    void limitsOfAnOpenConnectionHoldAtOnce();
    void limitsOfAServerHoldForConnectionsToCome();
    void highWaterAndLowWaterAreSignalled();
    void overflowMayCloseWith1013();
    void overflowMayDropTheNewest();
    void overflowMayDropTheOldest();
    void handshakeTimeoutEndsAnOpeningOfNobody();
    void closeTimeoutEndsAClosingOfNobody();
    void frameTimeoutClosesWith1001();

    void compressionIsAgreedIfBothWantIt_data();
    void compressionIsAgreedIfBothWantIt();
    void windowsAndContextsAreAgreed();
    void shortMessagesTravelPlain();
    void levelsDifferInWhatTheySend();

    void heartbeatPingsASilentPeer();
    void heartbeatLosesAPeerThatDoesNotAnswer();
    void heartbeatOfAnOpenConnectionHoldsAtOnce();

    void maxConnectionsAnswers503();
    void maxHandshakesLetsOthersWait_data();
    void maxHandshakesLetsOthersWait();
    void maxHeaderSizeAnswers431();
    void maxHeadersAnswers431();
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

void tst_Options::maxMessageSizeClosesWith1009()
{
    Pair pair;
    QVERIFY(pair.open());
    WebSocketLimits limits;
    limits.setMaxMessageSize(100);
    pair.peer->setLimits(limits);
    QSignalSpy messages(pair.peer, &WebSocket::binaryMessageReceived);
    pair.client->sendBinaryMessage(QByteArray(100, 'x'));
    pair.client->sendBinaryMessage(QByteArray(101, 'x'));
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
    QCOMPARE(messages.size(), 1);
}

void tst_Options::maxFrameSizeClosesWith1009()
{
    Pair pair;
    QVERIFY(pair.open());
    WebSocketLimits limits;
    limits.setMaxFrameSize(100);
    pair.peer->setLimits(limits);
    pair.client->setOutgoingFrameSize(100);
    QSignalSpy messages(pair.peer, &WebSocket::binaryMessageReceived);
    pair.client->sendBinaryMessage(QByteArray(250, 'x'));
    QVERIFY(waitFor([&] { return messages.size() == 1; }));
    pair.client->setOutgoingFrameSize(101);
    pair.client->sendBinaryMessage(QByteArray(101, 'x'));
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
}

void tst_Options::maxFragmentsClosesWith1008()
{
    Pair pair;
    QVERIFY(pair.open());
    WebSocketLimits limits;
    limits.setMaxFragments(3);
    pair.peer->setLimits(limits);
    QSignalSpy messages(pair.peer, &WebSocket::binaryMessageReceived);
    pair.client->setOutgoingFrameSize(100);
    pair.client->sendBinaryMessage(QByteArray(300, 'x'));
    pair.client->sendBinaryMessage(QByteArray(301, 'x'));
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodePolicyViolated);
    QCOMPARE(messages.size(), 1);
}

void tst_Options::limitsOfAnOpenConnectionHoldAtOnce()
{
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy messages(pair.client.get(), &WebSocket::textMessageReceived);
    pair.peer->sendTextMessage("12345");
    QVERIFY(waitFor([&] { return messages.size() == 1; }));
    WebSocketLimits limits = pair.client->limits();
    limits.setMaxMessageSize(4);
    pair.client->setLimits(limits);
    QVERIFY(pair.client->limits() == limits);
    QCOMPARE(pair.client->maxAllowedIncomingMessageSize(), quint64(4));
    pair.peer->sendTextMessage("12345");
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pair.client->closeCode(), CloseCodeTooMuchData);
}

void tst_Options::limitsOfAServerHoldForConnectionsToCome()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocketLimits limits = server.limits();
    limits.setMaxMessageSize(4);
    server.setLimits(limits);
    QVERIFY(server.limits() == limits);
    WebSocket client;
    client.open(server.serverUrl());
    QVERIFY(waitFor([&] { return client.isValid() && server.hasPendingConnections(); }));
    const std::unique_ptr<WebSocket> peer(server.nextPendingConnection());
    QVERIFY(peer->limits() == limits);
    client.sendTextMessage("12345");
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(client.closeCode(), CloseCodeTooMuchData);
}

void tst_Options::highWaterAndLowWaterAreSignalled()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocketLimits limits = server.limits();
    limits.setHighWater(2 * 1024 * 1024);
    limits.setMaxUnsent(WebSocket::maxIncomingMessageSize());
    server.setLimits(limits);
    Sluggish client(server);
    const auto socket = fetch(&server);
    QVERIFY(socket);
    QStringList log;
    connect(socket.get(), &WebSocket::highWater, [&] { log << "high"; });
    connect(socket.get(), &WebSocket::lowWater, [&] { log << "low"; });
    socket->sendBinaryMessage(large);
    socket->sendBinaryMessage(QByteArray(100, 'x'));
    QVERIFY(waitFor([&] { return log == QStringList{"high"}; }));
    QVERIFY(socket->bytesToWrite() > 2 * 1024 * 1024);
    client.socket.setReadBufferSize(0);
    connect(&client.socket, &QTcpSocket::readyRead, [&] { client.socket.readAll(); });
    client.socket.readAll();
    QVERIFY(waitFor([&] { return log.size() == 2; }));
    QCOMPARE(log, QStringList({"high", "low"}));
    QVERIFY(waitFor([&] { return socket->bytesToWrite() == 0; }));
    QCOMPARE(log.size(), 2);
}

/// What overflow() does to the third of three messages, of which two wait.
static void overflow(WebSocketLimits::Overflow overflow,
                     const std::function<void(WebSocket *, Sluggish *)> &check)
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocketLimits limits = server.limits();
    limits.setMaxUnsent(quint64(large.size()) * 3 / 2 + 1000);
    limits.setOverflow(overflow);
    server.setLimits(limits);
    Sluggish client(server);
    const auto socket = fetch(&server);
    QVERIFY(socket);
    QCOMPARE(socket->sendBinaryMessage(large), qint64(large.size()));
    // What the system takes of the first has left by now.
    QSignalSpy written(socket.get(), &WebSocket::bytesWritten);
    QVERIFY(waitFor([&] { return socket->bytesToWrite() < large.size(); }));
    check(socket.get(), &client);
}

void tst_Options::overflowMayCloseWith1013()
{
    overflow(WebSocketLimits::CloseConnection, [](WebSocket *socket, Sluggish *client) {
        QSignalSpy closing(socket, &WebSocket::aboutToClose);
        QCOMPARE(socket->sendBinaryMessage(large), qint64(0));
        QVERIFY(waitFor([&] { return closing.size() == 1; }));
        QCOMPARE(int(socket->closeCode()), 1013);
        QByteArray tail;
        QObject::connect(&client->socket, &QTcpSocket::readyRead, &client->socket, [&] {
            tail = (tail + client->socket.readAll()).right(64);
        });
        client->socket.setReadBufferSize(0);
        client->socket.readAll();
        QVERIFY(waitFor([&] { return tail.contains("\x03\xF5"); }));
    });
}

void tst_Options::overflowMayDropTheNewest()
{
    overflow(WebSocketLimits::DropNewest, [](WebSocket *socket, Sluggish *) {
        QCOMPARE(socket->messagesDropped(), quint64(0));
        QCOMPARE(socket->sendBinaryMessage(large), qint64(0));
        QCOMPARE(socket->messagesDropped(), quint64(1));
        QCOMPARE(socket->messagesSent(), quint64(1));
        QVERIFY(socket->isValid());
    });
}

void tst_Options::overflowMayDropTheOldest()
{
    overflow(WebSocketLimits::DropOldest, [](WebSocket *socket, Sluggish *client) {
        // The first is under way and stays; the second gives way to the third.
        const QByteArray second = QByteArray(large.size() / 2, '2');
        const QByteArray third = QByteArray(large.size() / 2, '3');
        QCOMPARE(socket->sendBinaryMessage(second), qint64(second.size()));
        QCOMPARE(socket->sendBinaryMessage(third), qint64(third.size()));
        QVERIFY(waitFor([&] { return socket->messagesDropped() == 1; }));
        QVERIFY(socket->isValid());
        QByteArray all;
        QObject::connect(&client->socket, &QTcpSocket::readyRead, &client->socket,
                         [&] { all += client->socket.readAll(); });
        client->socket.setReadBufferSize(0);
        all += client->socket.readAll();
        const auto expected = all.indexOf("\r\n\r\n") + 4 + 10 + large.size() + 10 + third.size();
        QVERIFY(waitFor([&] { return all.size() >= expected; }));
        QVERIFY(!all.contains('2' + QByteArray(100, '2')));
        QVERIFY(all.endsWith(QByteArray(100, '3')));
    });
}

void tst_Options::handshakeTimeoutEndsAnOpeningOfNobody()
{
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    WebSocket client;
    WebSocketLimits limits;
    limits.setHandshakeTimeout(50ms);
    client.setLimits(limits);
    QSignalSpy disconnected(&client, &WebSocket::disconnected);
    client.open(QUrl(QString("ws://127.0.0.1:%1").arg(silent.serverPort())));
    QVERIFY(waitFor([&] { return disconnected.size() == 1; }));
    QCOMPARE(client.error(), QAbstractSocket::SocketTimeoutError);
    QVERIFY2(client.errorString().contains("handshake_timeout"), qPrintable(client.errorString()));
}

void tst_Options::closeTimeoutEndsAClosingOfNobody()
{
    RawServer server;
    WebSocket client;
    WebSocketLimits limits;
    limits.setCloseTimeout(50ms);
    client.setLimits(limits);
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    client.close();
    QCOMPARE(client.state(), QAbstractSocket::ClosingState);
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
}

void tst_Options::frameTimeoutClosesWith1001()
{
    RawServer server;
    WebSocket client;
    WebSocketLimits limits;
    limits.setFrameTimeout(50ms);
    client.setLimits(limits);
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    server.socket->write("\x82\x05" "abc");
    QVERIFY(waitFor([&] { return client.state() != QAbstractSocket::ConnectedState; }));
    QCOMPARE(client.closeCode(), CloseCodeGoingAway);
}

void tst_Options::compressionIsAgreedIfBothWantIt_data()
{
    QTest::addColumn<bool>("client");
    QTest::addColumn<bool>("server");
    for (const bool client : {false, true}) {
        for (const bool server : {false, true})
            QTest::addRow("%d %d", client, server) << client << server;
    }
}

void tst_Options::compressionIsAgreedIfBothWantIt()
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

void tst_Options::windowsAndContextsAreAgreed()
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

void tst_Options::shortMessagesTravelPlain()
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

void tst_Options::levelsDifferInWhatTheySend()
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

void tst_Options::heartbeatPingsASilentPeer()
{
    Pair pair;
    WebSocketHeartbeat heartbeat;
    heartbeat.setInterval(10ms);
    pair.server.setHeartbeat(heartbeat);
    QVERIFY(pair.server.heartbeat() == heartbeat);
    QSignalSpy pings(pair.client.get(), &WebSocket::pingReceived);
    QVERIFY(pair.open());
    QVERIFY(pair.peer->heartbeat() == heartbeat);
    QVERIFY(waitFor([&] { return pings.size() >= 3; }));
    QVERIFY(pair.peer->isValid());
}

void tst_Options::heartbeatLosesAPeerThatDoesNotAnswer()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    WebSocketHeartbeat heartbeat;
    heartbeat.setInterval(10ms);
    heartbeat.setTimeout(50ms);
    server.setHeartbeat(heartbeat);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server);
    const auto socket = fetch(&server);
    QVERIFY(socket);
    QSignalSpy disconnected(socket.get(), &WebSocket::disconnected);
    QVERIFY(waitFor([&] { return disconnected.size() == 1; }));
    QCOMPARE(socket->error(), QAbstractSocket::SocketTimeoutError);
    QCOMPARE(socket->closeCode(), CloseCodeAbnormalDisconnection);
    QVERIFY2(socket->errorString().contains("pong_timeout"), qPrintable(socket->errorString()));
}

void tst_Options::heartbeatOfAnOpenConnectionHoldsAtOnce()
{
    Pair pair;
    QSignalSpy pings(pair.client.get(), &WebSocket::pingReceived);
    QVERIFY(pair.open());
    WebSocketHeartbeat heartbeat;
    heartbeat.setInterval(10ms);
    pair.peer->setHeartbeat(heartbeat);
    QVERIFY(waitFor([&] { return pings.size() >= 2; }));
    heartbeat.setInterval(0ms);
    pair.peer->setHeartbeat(heartbeat);
    QVERIFY(pair.peer->heartbeat() == heartbeat);
}

void tst_Options::maxConnectionsAnswers503()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    WebSocketServerLimits limits;
    limits.setMaxConnections(1);
    server.setServerLimits(limits);
    QVERIFY(server.serverLimits() == limits);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocket first;
    first.open(server.serverUrl());
    QVERIFY(waitFor([&] { return first.isValid(); }));
    WebSocket second;
    QSignalSpy disconnected(&second, &WebSocket::disconnected);
    second.open(server.serverUrl());
    QVERIFY(waitFor([&] { return disconnected.size() == 1; }));
    QCOMPARE(second.responseStatus(), 503);
    // Holds at once.
    limits.setMaxConnections(2);
    server.setServerLimits(limits);
    second.open(server.serverUrl());
    QVERIFY(waitFor([&] { return second.isValid(); }));
}

void tst_Options::maxHandshakesLetsOthersWait_data()
{
    QTest::addColumn<bool>("isPerAddress");
    QTest::newRow("in all") << false;
    QTest::newRow("of one address") << true;
}

void tst_Options::maxHandshakesLetsOthersWait()
{
    QFETCH(bool, isPerAddress);
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    WebSocketServerLimits limits;
    if (isPerAddress)
        limits.setMaxHandshakesPerAddress(1);
    else
        limits.setMaxHandshakes(1);
    server.setServerLimits(limits);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket slow;
    slow.connectToHost(QHostAddress::LocalHost, server.serverPort());
    slow.write("GET / HTTP/1.1\r\nHost: x\r\n");
    QVERIFY(waitFor([&] { return slow.state() == QAbstractSocket::ConnectedState
        && slow.bytesToWrite() == 0; }));
    WebSocket other;
    other.open(server.serverUrl());
    // What another server does meanwhile, this one could have done.
    Pair pair;
    QVERIFY(pair.open());
    QCOMPARE(other.state(), QAbstractSocket::ConnectingState);
    slow.abort();
    QVERIFY(waitFor([&] { return other.isValid(); }));
}

void tst_Options::maxHeaderSizeAnswers431()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    WebSocketServerLimits limits;
    limits.setMaxHeaderSize(400);
    server.setServerLimits(limits);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server, "X-Long: " + QByteArray(400, 'x') + "\r\n");
    QVERIFY(client.readToEnd().startsWith("HTTP/1.1 431 "));
    QVERIFY(waitFor([&] { return server.error() == CloseCodeTooMuchData; }));
    RawClient other(server, "X-Short: " + QByteArray(40, 'x') + "\r\n");
    QVERIFY(other.waitForResponse("HTTP/1.1 101 "));
}

void tst_Options::maxHeadersAnswers431()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    WebSocketServerLimits limits;
    limits.setMaxHeaders(6);
    server.setServerLimits(limits);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server, "A: 1\r\nB: 2\r\n");
    QVERIFY(client.readToEnd().startsWith("HTTP/1.1 431 "));
    RawClient other(server, "A: 1\r\n");
    QVERIFY(other.waitForResponse("HTTP/1.1 101 "));
}

QTEST_GUILESS_MAIN(tst_Options)
#include "tst_options.moc"
