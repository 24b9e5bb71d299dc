// What each limit of WebSocketLimits and WebSocketServerLimits does to connections.
#include "support.h"

using namespace std::chrono_literals;

namespace {

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

/// What overflow() does to the third of three messages, of which two wait.
void overflow(WebSocketLimits::Overflow overflow,
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

} // namespace

class tst_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
    void maxConnectionsAnswers503();
    void maxHandshakesLetsOthersWait_data();
    void maxHandshakesLetsOthersWait();
    void maxHeaderSizeAnswers431();
    void maxHeadersAnswers431();
};

void tst_Limits::maxMessageSizeClosesWith1009()
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

void tst_Limits::maxFrameSizeClosesWith1009()
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

void tst_Limits::maxFragmentsClosesWith1008()
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

void tst_Limits::limitsOfAnOpenConnectionHoldAtOnce()
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

void tst_Limits::limitsOfAServerHoldForConnectionsToCome()
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

void tst_Limits::highWaterAndLowWaterAreSignalled()
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

void tst_Limits::overflowMayCloseWith1013()
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

void tst_Limits::overflowMayDropTheNewest()
{
    overflow(WebSocketLimits::DropNewest, [](WebSocket *socket, Sluggish *) {
        QCOMPARE(socket->messagesDropped(), quint64(0));
        QCOMPARE(socket->sendBinaryMessage(large), qint64(0));
        QCOMPARE(socket->messagesDropped(), quint64(1));
        QCOMPARE(socket->messagesSent(), quint64(1));
        QVERIFY(socket->isValid());
    });
}

void tst_Limits::overflowMayDropTheOldest()
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

void tst_Limits::handshakeTimeoutEndsAnOpeningOfNobody()
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

void tst_Limits::closeTimeoutEndsAClosingOfNobody()
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

void tst_Limits::frameTimeoutClosesWith1001()
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

void tst_Limits::maxConnectionsAnswers503()
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

void tst_Limits::maxHandshakesLetsOthersWait_data()
{
    QTest::addColumn<bool>("isPerAddress");
    QTest::newRow("in all") << false;
    QTest::newRow("of one address") << true;
}

void tst_Limits::maxHandshakesLetsOthersWait()
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

void tst_Limits::maxHeaderSizeAnswers431()
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

void tst_Limits::maxHeadersAnswers431()
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

QTEST_GUILESS_MAIN(tst_Limits)
#include "tst_limits.moc"
