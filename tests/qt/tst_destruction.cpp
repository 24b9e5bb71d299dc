// Whatever a slot does to the object that calls it, or to the others, no memory
// is used after its end and no signal comes that should not. Worth most under
// AddressSanitizer.
#include "../tsan/handover.h"
#include "support.h"

#include <QtCore/QThread>

#include <atomic>
#include <map>

namespace {

using Action = std::function<void()>;
using Connector = std::function<void(WebSocket *, Action)>;

Connector inState(QAbstractSocket::SocketState wanted)
{
    return [wanted](WebSocket *socket, const Action &action) {
        QObject::connect(socket, &WebSocket::stateChanged, [=](QAbstractSocket::SocketState state) {
            if (state == wanted)
                action();
        });
    };
}

template <typename Signal>
Connector on(Signal signal)
{
    return [signal](WebSocket *socket, const Action &action) {
        QObject::connect(socket, signal, [action] { action(); });
    };
}

const std::map<QByteArray, Connector> &signalsOfASocket()
{
    static const std::map<QByteArray, Connector> all{
        {"connecting", inState(QAbstractSocket::ConnectingState)},
        {"state connected", inState(QAbstractSocket::ConnectedState)},
        {"connected", on(&WebSocket::connected)},
        {"textFrameReceived", on(&WebSocket::textFrameReceived)},
        {"textMessageReceived", on(&WebSocket::textMessageReceived)},
        {"binaryFrameReceived", on(&WebSocket::binaryFrameReceived)},
        {"binaryMessageReceived", on(&WebSocket::binaryMessageReceived)},
        {"pong", on(&WebSocket::pong)},
        {"pingReceived", on(&WebSocket::pingReceived)},
        {"bytesWritten", on(&WebSocket::bytesWritten)},
        {"aboutToClose", on(&WebSocket::aboutToClose)},
        {"closing", inState(QAbstractSocket::ClosingState)},
        {"unconnected", inState(QAbstractSocket::UnconnectedState)},
        {"disconnected", on(&WebSocket::disconnected)},
        {"readChannelFinished", on(&WebSocket::readChannelFinished)},
        {"errorOccurred", on(&WebSocket::errorOccurred)},
        {"error", on(QOverload<QAbstractSocket::SocketError>::of(&WebSocket::error))},
    };
    return all;
}

/// All that takes part; each may be deleted at any moment.
struct Scene
{
    QPointer<WebSocketServer> server = new WebSocketServer("", WebSocketServer::NonSecureMode);
    QPointer<WebSocket> client = new WebSocket;
    QPointer<WebSocket> peer;

    ~Scene()
    {
        delete client;
        delete server;
    }
};

/// What ends the connection.
void finish(const QByteArray &end, const Scene &scene)
{
    if (end == "close" && scene.client)
        scene.client->close();
    else if (end == "abort" && scene.client)
        scene.client->abort();
    else if (end == "peer's close" && scene.peer)
        scene.peer->close();
    else if (end == "drop" && scene.peer)
        scene.peer->abort();
}

} // namespace

class tst_Destruction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_witness.reset(); }
    void anythingMayHappenInASlot_data();
    void anythingMayHappenInASlot();
    void aFailedOpeningMayDeleteTheSocket_data();
    void aFailedOpeningMayDeleteTheSocket();
    void aServersSlotMayDeleteTheServer_data();
    void aServersSlotMayDeleteTheServer();
    void aServerMayBeDeletedWhileClientsOpen();
    void aNestedEventLoopMayDeleteTheSocket();
    void noSignalFollowsTheDestructor();

private:
    /// All events that were on their way have been delivered.
    bool settle();

    std::unique_ptr<Pair> m_witness;
};

void tst_Destruction::initTestCase()
{
    m_witness = std::make_unique<Pair>();
    QVERIFY(m_witness->open());
    WebSocket *const peer = m_witness->peer;
    connect(peer, &WebSocket::textMessageReceived, peer, &WebSocket::sendTextMessage);
}

bool tst_Destruction::settle()
{
    for (int i = 0; i < 3; ++i) {
        QEventLoop loop;
        connect(m_witness->client.get(), &WebSocket::textMessageReceived, &loop, &QEventLoop::quit);
        QTimer::singleShot(10000, &loop, [&] { loop.exit(1); });
        m_witness->client->sendTextMessage("settle");
        if (loop.exec() != 0)
            return false;
    }
    return true;
}

void tst_Destruction::anythingMayHappenInASlot_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<QByteArray>("end");
    for (const auto &[signal, connector] : signalsOfASocket()) {
        for (const char *action : {"delete it", "delete the peer", "delete the server", "close",
                                   "abort", "open again", "move it"}) {
            for (const char *end : {"close", "abort", "peer's close", "drop"})
                QTest::addRow("%s: %s (%s)", signal.constData(), action, end)
                    << signal << QByteArray(action) << QByteArray(end);
        }
    }
}

void tst_Destruction::anythingMayHappenInASlot()
{
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, action);
    QFETCH(QByteArray, end);
    std::atomic<bool> hasHappened{false};
    LoopThread thread;
    WebSocket *moved = nullptr;
    Scene scene;
    QVERIFY(scene.server->listen(QHostAddress::LocalHost));
    const QUrl other = m_witness->server.serverUrl();
    connect(scene.server, &WebSocketServer::newConnection, scene.server, [&] {
        scene.peer = scene.server->nextPendingConnection();
        if (!scene.peer)
            return;
        scene.peer->setParent(scene.server);
        scene.peer->setOutgoingFrameSize(8);
        scene.peer->sendTextMessage("a message in frames");
        scene.peer->sendBinaryMessage("another one in frames");
        scene.peer->ping("x");
        scene.peer->sendTextMessage("y");
    });
    signalsOfASocket().at(signal)(scene.client, [&] {
        if (hasHappened.exchange(true))
            return;
        if (action == "delete it")
            delete scene.client;
        else if (action == "delete the peer")
            delete scene.peer;
        else if (action == "delete the server")
            delete scene.server;
        else if (action == "close")
            scene.client->close();
        else if (action == "abort")
            scene.client->abort();
        else if (action == "open again")
            scene.client->open(other);
        else
            (moved = scene.client)->moveToThread(&thread);
    });
    scene.client->open(scene.server->serverUrl());
    if (scene.client && !moved)
        scene.client->ping("early");
    const auto isOpen = [&] {
        return hasHappened || (scene.peer && scene.client && scene.client->isValid());
    };
    QVERIFY(waitFor(isOpen));
    if (!hasHappened) {
        scene.client->sendBinaryMessage("to the peer");
        scene.client->ping("payload");
        QVERIFY(settle());
    }
    if (!moved)
        finish(end, scene);
    QVERIFY(settle());
    if (moved) {
        callThere(moved, [=] { delete moved; });
        QVERIFY(settle());
    }
}

void tst_Destruction::aFailedOpeningMayDeleteTheSocket_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QString>("url");
    QTcpServer closed;
    closed.listen(QHostAddress::LocalHost);
    const QString refused = QString("ws://127.0.0.1:%1").arg(closed.serverPort());
    for (const char *signal :
         {"connecting", "unconnected", "disconnected", "errorOccurred", "error"}) {
        QTest::addRow("refused, %s", signal) << QByteArray(signal) << refused;
        QTest::addRow("HTTP 404, %s", signal) << QByteArray(signal) << QString();
        QTest::addRow("invalid, %s", signal) << QByteArray(signal) << QString("ws://");
    }
}

void tst_Destruction::aFailedOpeningMayDeleteTheSocket()
{
    QFETCH(QByteArray, signal);
    QFETCH(QString, url);
    RawServer raw;
    raw.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    QPointer<WebSocket> socket = new WebSocket;
    bool isOver = false;
    connect(socket, &WebSocket::errorOccurred, [&] { isOver = true; });
    signalsOfASocket().at(signal)(socket, [&] {
        isOver = true;
        delete socket;
    });
    socket->open(url.isEmpty() ? raw.url() : QUrl(url));
    QVERIFY(waitFor([&] { return isOver; }));
    QVERIFY(settle());
    delete socket;
}

void tst_Destruction::aServersSlotMayDeleteTheServer_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("originAuthenticationRequired") << 0;
    QTest::newRow("newConnection") << 1;
    QTest::newRow("newConnection, after the fetch") << 2;
    QTest::newRow("serverError") << 3;
    QTest::newRow("closed") << 4;
    QTest::newRow("close() in originAuthenticationRequired") << 5;
}

void tst_Destruction::aServersSlotMayDeleteTheServer()
{
    QFETCH(int, signal);
    std::atomic<bool> hasHappened{false};
    QPointer<WebSocketServer> server = new WebSocketServer("", WebSocketServer::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    const auto deleteIt = [&] {
        hasHappened = true;
        delete server;
    };
    if (signal == 0)
        connect(server, &WebSocketServer::originAuthenticationRequired, deleteIt);
    else if (signal == 1)
        connect(server, &WebSocketServer::newConnection, deleteIt);
    else if (signal == 2)
        connect(server, &WebSocketServer::newConnection, [&] {
            WebSocket *const peer = server->nextPendingConnection();
            peer->setParent(server);
            peer->sendTextMessage("x");
            deleteIt();
        });
    else if (signal == 3)
        connect(server, &WebSocketServer::serverError, deleteIt);
    else if (signal == 4)
        connect(server, &WebSocketServer::closed, deleteIt);
    else
        connect(server, &WebSocketServer::originAuthenticationRequired, [&] {
            server->close();
            hasHappened = true;
        });
    if (signal == 3)
        server->setMaxPendingConnections(0);
    WebSocket client;
    client.open(server->serverUrl());
    if (signal == 4)
        server->close();
    QVERIFY(waitFor([&] {
        return hasHappened && client.state() == QAbstractSocket::UnconnectedState;
    }));
    QVERIFY(settle());
    delete server;
}

void tst_Destruction::aServerMayBeDeletedWhileClientsOpen()
{
    for (int i = 0; i < 30; ++i) {
        std::vector<std::unique_ptr<WebSocket>> clients;
        auto server = std::make_unique<WebSocketServer>("", WebSocketServer::NonSecureMode);
        QVERIFY(server->listen(QHostAddress::LocalHost));
        for (int n = 0; n < 10; ++n) {
            clients.push_back(std::make_unique<WebSocket>());
            clients.back()->open(server->serverUrl());
        }
        for (int n = 0; n < i % 5; ++n)
            QCoreApplication::processEvents();
        server.reset();
        for (const auto &client : clients)
            QVERIFY(waitFor([&] { return client->state() == QAbstractSocket::UnconnectedState; }));
    }
}

void tst_Destruction::aNestedEventLoopMayDeleteTheSocket()
{
    bool isOver = false;
    Pair pair;
    QVERIFY(pair.open());
    connect(pair.peer, &WebSocket::textMessageReceived, [&](const QString &) {
        if (isOver)
            return;
        isOver = true;
        QEventLoop loop;
        connect(pair.peer, &QObject::destroyed, &loop, &QEventLoop::quit);
        pair.peer->deleteLater();
        QMetaObject::invokeMethod(pair.peer, [&] { delete pair.peer; }, Qt::QueuedConnection);
        loop.exec();
    });
    for (int i = 0; i < 10; ++i)
        pair.client->sendTextMessage("x");
    QVERIFY(waitFor([&] { return isOver && !pair.peer; }));
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
}

void tst_Destruction::noSignalFollowsTheDestructor()
{
    for (int i = 0; i < 20; ++i) {
        QStringList log;
        Pair pair;
        QVERIFY(pair.open());
        record(pair.client.get(), &log);
        for (int n = 0; n < 100; ++n)
            pair.peer->sendTextMessage("x");
        if (i % 2)
            pair.client->close();
        pair.client.reset();
        const auto size = log.size();
        QVERIFY(settle());
        QCOMPARE(log.size(), size);
        QCOMPARE(log.last(), QString("readChannelFinished"));
    }
}

QTEST_GUILESS_MAIN(tst_Destruction)
#include "tst_destruction.moc"
