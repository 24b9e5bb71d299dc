// What WebSocketHeartbeat does to a connection.
#include "support.h"

using namespace std::chrono_literals;

class tst_Heartbeat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void heartbeatPingsASilentPeer();
    void heartbeatLosesAPeerThatDoesNotAnswer();
    void heartbeatOfAnOpenConnectionHoldsAtOnce();
};

void tst_Heartbeat::heartbeatPingsASilentPeer()
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

void tst_Heartbeat::heartbeatLosesAPeerThatDoesNotAnswer()
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

void tst_Heartbeat::heartbeatOfAnOpenConnectionHoldsAtOnce()
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

QTEST_GUILESS_MAIN(tst_Heartbeat)
#include "tst_heartbeat.moc"
