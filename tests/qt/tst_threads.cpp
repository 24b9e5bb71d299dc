// Objects on other threads, and moves between threads while messages flow.
#include "../tsan/handover.h"
#include "support.h"

#include <QtCore/QThread>

#include <array>
#include <atomic>
#include <mutex>

namespace {

/// A thread with an event loop, ended with the object.
class Worker : public LoopThread
{
public:

    /// Runs `call` on the thread of `object` and waits for it.
    static void run(QObject *object, const std::function<void()> &call)
    {
        if (object->thread() == QThread::currentThread())
            call();
        else
            callThere(object, call);
    }
};

/// Deletes an object on its own thread.
struct DeleteThere
{
    void operator()(QObject *object) const
    {
        Worker::run(object, [object] { delete object; });
    }
};

template <typename T>
using There = std::unique_ptr<T, DeleteThere>;

} // namespace

class tst_Threads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSocketMovedBeforeOpeningWorksThere();
    void manyThreadsHaveServersAndClientsOfTheirOwn();
    void aServerMovedWhileListeningAcceptsThere();
    void aSocketMovedWhileMessagesFlowLosesNone();
    void aServersSocketMovedWhileMessagesFlowLosesNone();
    void aMoveBetweenTheSignalsOfAnEventContinuesThere();
    void aSocketMovedWhileOpeningOpensThere();
    void signalsConnectedByOtherThreadsAreDelivered();
    void aServerMovedByTheQuestionOfARequestAnswersThere_data();
    void aServerMovedByTheQuestionOfARequestAnswersThere();
    void aServerMovedAndDeletedByTheQuestionOfARequestAnswers503();
    void aClientMovedByTheQuestionOfItsRequestOpensThere();
};

void tst_Threads::aSocketMovedBeforeOpeningWorksThere()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &WebSocketServer::newConnection, [&] {
        WebSocket *const peer = server.nextPendingConnection();
        peer->setParent(&server);
        connect(peer, &WebSocket::textMessageReceived, peer, &WebSocket::sendTextMessage);
    });
    Worker worker;
    std::atomic<bool> isThere{false};
    There<WebSocket> socket(new WebSocket);
    socket->moveToThread(&worker);
    connect(socket.get(), &WebSocket::connected, [&] { socket->sendTextMessage("x"); });
    connect(socket.get(), &WebSocket::textMessageReceived,
            [&](const QString &) { isThere = QThread::currentThread() == &worker; });
    const QUrl url = server.serverUrl();
    Worker::run(socket.get(), [&] { socket->open(url); });
    QVERIFY(waitFor([&] { return isThere.load(); }));
}

void tst_Threads::manyThreadsHaveServersAndClientsOfTheirOwn()
{
    constexpr int threads = 4;
    constexpr int messages = 2000;
    std::array<std::atomic<int>, threads> received{};
    std::array<Worker, threads> workers;
    std::vector<There<WebSocketServer>> servers;
    std::vector<There<WebSocket>> clients;
    for (int i = 0; i < threads; ++i) {
        auto *const server = new WebSocketServer("", WebSocketServer::NonSecureMode);
        auto *const client = new WebSocket;
        servers.emplace_back(server);
        clients.emplace_back(client);
        server->moveToThread(&workers[i]);
        client->moveToThread(&workers[i]);
        connect(server, &WebSocketServer::newConnection, server, [server] {
            WebSocket *const peer = server->nextPendingConnection();
            peer->setParent(server);
            connect(peer, &WebSocket::textMessageReceived, peer, &WebSocket::sendTextMessage);
        });
        connect(client, &WebSocket::connected, client, [client] {
            for (int n = 0; n < messages; ++n)
                client->sendTextMessage(QString::number(n));
        });
        connect(client, &WebSocket::textMessageReceived, client, [&received, i](const QString &t) {
            if (t == QString::number(received[i]))
                ++received[i];
        });
        Worker::run(server, [&] { server->listen(QHostAddress::LocalHost); });
        const QUrl url = server->serverUrl();
        Worker::run(client, [&] { client->open(url); });
    }
    for (const auto &count : received)
        QVERIFY(waitFor([&] { return count == messages; }, 30000));
}

void tst_Threads::aServerMovedWhileListeningAcceptsThere()
{
    Worker worker;
    std::atomic<int> accepted{0};
    There<WebSocketServer> server(new WebSocketServer("", WebSocketServer::NonSecureMode));
    QVERIFY(server->listen(QHostAddress::LocalHost));
    connect(server.get(), &WebSocketServer::newConnection, [&] {
        if (QThread::currentThread() != &worker)
            return;
        WebSocket *const peer = server->nextPendingConnection();
        peer->setParent(server.get());
        peer->sendTextMessage("there");
        ++accepted;
    });
    const QUrl url = server->serverUrl();
    // One connection waits while the server moves.
    WebSocket first;
    first.open(url);
    QStringList texts;
    WebSocket second;
    connect(&second, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    server->moveToThread(&worker);
    second.open(url);
    QVERIFY(waitFor([&] { return texts.size() == 1; }));
    QVERIFY(waitFor([&] { return accepted == 2; }));
    QVERIFY(waitFor([&] { return first.isValid(); }));
}

/// Moves `socket` to the next thread with every `every`th message.
static void wander(WebSocket *socket, const std::vector<QThread *> &stations, int every,
                   std::atomic<int> *received, std::atomic<int> *wrong)
{
    QObject::connect(socket, &WebSocket::textMessageReceived, [=](const QString &text) {
        const int number = text.section(' ', 0, 0).toInt();
        if (number != *received || socket->thread() != QThread::currentThread())
            ++*wrong;
        const int count = ++*received;
        if (count % every == 0)
            socket->moveToThread(stations[size_t(count / every) % stations.size()]);
    });
}

static QString numbered(int number)
{
    return QString::number(number) + ' ' + QString(number % 100 ? number % 300 : 30000, '.');
}

void tst_Threads::aSocketMovedWhileMessagesFlowLosesNone()
{
    constexpr int count = 20000;
    Worker first;
    Worker second;
    std::atomic<int> received{0};
    std::atomic<int> wrong{0};
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    auto *const socket = new WebSocket;
    socket->moveToThread(&first);
    wander(socket, {&first, &second, thread()}, 170, &received, &wrong);
    const QUrl url = server.serverUrl();
    Worker::run(socket, [&] { socket->open(url); });
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<WebSocket> peer(server.nextPendingConnection());
    for (int i = 0; i < count; ++i) {
        peer->sendTextMessage(numbered(i));
        if (i % 1000 == 0)
            QCoreApplication::processEvents();
    }
    QVERIFY2(waitFor([&] { return received == count; }, 60000),
             qPrintable(QString("%1 of %2").arg(received).arg(count)));
    QCOMPARE(wrong.load(), 0);
    const There<WebSocket> end(socket);
}

void tst_Threads::aServersSocketMovedWhileMessagesFlowLosesNone()
{
    constexpr int count = 20000;
    Worker first;
    Worker second;
    std::atomic<int> received{0};
    std::atomic<int> wrong{0};
    Pair pair;
    QVERIFY(pair.open());
    WebSocket *const socket = pair.peer;
    socket->setParent(nullptr);
    wander(socket, {&first, &second}, 333, &received, &wrong);
    for (int i = 0; i < count; ++i) {
        pair.client->sendTextMessage(numbered(i));
        if (i % 1000 == 0)
            QCoreApplication::processEvents();
    }
    QVERIFY2(waitFor([&] { return received == count; }, 60000),
             qPrintable(QString("%1 of %2").arg(received).arg(count)));
    QCOMPARE(wrong.load(), 0);
    const There<WebSocket> end(socket);
}

void tst_Threads::aMoveBetweenTheSignalsOfAnEventContinuesThere()
{
    Worker worker;
    std::mutex mutex;
    QStringList log;
    Pair pair;
    QVERIFY(pair.open());
    WebSocket *const socket = pair.peer;
    socket->setParent(nullptr);
    const auto note = [&](const QString &what) {
        const std::lock_guard lock(mutex);
        log << what + (QThread::currentThread() == &worker ? " there" : " here");
    };
    connect(socket, &WebSocket::textFrameReceived, [&, socket](const QString &, bool) {
        note("frame");
        socket->moveToThread(&worker);
    });
    connect(socket, &WebSocket::textMessageReceived, [&](const QString &) { note("message"); });
    connect(socket, &WebSocket::disconnected, [&] { note("disconnected"); });
    pair.client->sendTextMessage("x");
    pair.client->close();
    QVERIFY(waitFor([&] {
        const std::lock_guard lock(mutex);
        return log.size() == 3;
    }));
    QCOMPARE(log, QStringList({"frame here", "message there", "disconnected there"}));
    const There<WebSocket> end(socket);
}

void tst_Threads::aSocketMovedWhileOpeningOpensThere()
{
    Worker worker;
    std::atomic<bool> isThere{false};
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    There<WebSocket> socket(new WebSocket);
    connect(socket.get(), &WebSocket::connected,
            [&] { isThere = QThread::currentThread() == &worker; });
    socket->open(server.serverUrl());
    socket->moveToThread(&worker);
    QVERIFY(waitFor([&] { return isThere.load(); }));
}

void tst_Threads::signalsConnectedByOtherThreadsAreDelivered()
{
    int frames = 0;
    Pair pair;
    QVERIFY(pair.open());
    Worker worker;
    QObject there;
    there.moveToThread(&worker);
    Worker::run(&there, [&] {
        connect(pair.peer.data(), &WebSocket::binaryFrameReceived, this, [&] { ++frames; });
    });
    pair.client->setOutgoingFrameSize(10);
    pair.client->sendBinaryMessage(QByteArray(95, 'x'));
    QVERIFY(waitFor([&] { return frames == 10; }));
}

void tst_Threads::aServerMovedByTheQuestionOfARequestAnswersThere_data()
{
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("accepts") << true;
    QTest::newRow("refuses") << false;
}

void tst_Threads::aServerMovedByTheQuestionOfARequestAnswersThere()
{
    QFETCH(bool, isAllowed);
    Worker worker;
    std::atomic<int> accepted{0};
    std::atomic<int> refused{0};
    std::atomic<int> elsewhere{0};
    There<WebSocketServer> server(new WebSocketServer("", WebSocketServer::NonSecureMode));
    QVERIFY(server->listen(QHostAddress::LocalHost));
    connect(server.get(), &WebSocketServer::originAuthenticationRequired,
            [&](WebSocketCorsAuthenticator *authenticator) {
                authenticator->setAllowed(isAllowed);
                if (server->thread() != &worker)
                    server->moveToThread(&worker);
            });
    connect(server.get(), &WebSocketServer::newConnection, [&] {
        elsewhere += QThread::currentThread() != &worker;
        WebSocket *const peer = server->nextPendingConnection();
        peer->setParent(server.get());
        peer->sendTextMessage("there");
        ++accepted;
    });
    connect(server.get(), &WebSocketServer::serverError, [&] {
        elsewhere += QThread::currentThread() != &worker;
        ++refused;
    });
    // More than one: what the interrupted dispatch had in hand follows.
    std::vector<std::unique_ptr<WebSocket>> clients;
    std::vector<QString> texts(8);
    for (size_t i = 0; i < texts.size(); ++i) {
        clients.push_back(std::make_unique<WebSocket>());
        connect(clients.back().get(), &WebSocket::textMessageReceived,
                [&texts, i](const QString &text) { texts[i] += text; });
        clients.back()->open(server->serverUrl());
    }
    QVERIFY(waitFor([&] {
        return std::all_of(clients.begin(), clients.end(), [&](const auto &client) {
            return isAllowed ? client->isValid() : client->responseStatus() == 403;
        });
    }));
    if (isAllowed) {
        QVERIFY(waitFor([&] { return texts == std::vector<QString>(texts.size(), "there"); }));
        QCOMPARE(int(accepted), int(texts.size()));
    } else {
        QVERIFY(waitFor([&] { return refused > 0; }));
        QCOMPARE(int(accepted), 0);
    }
    QCOMPARE(int(elsewhere), 0);
}

void tst_Threads::aServerMovedAndDeletedByTheQuestionOfARequestAnswers503()
{
    Worker worker;
    QPointer<WebSocketServer> server = new WebSocketServer("", WebSocketServer::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    connect(server.data(), &WebSocketServer::originAuthenticationRequired, [&] {
        WebSocketServer *const moved = server;
        moved->moveToThread(&worker);
        Worker::run(moved, [moved] { delete moved; });
    });
    WebSocket client;
    QSignalSpy errors(&client, &WebSocket::errorOccurred);
    client.open(server->serverUrl());
    QVERIFY(waitFor([&] { return errors.size() == 1; }));
    QVERIFY(server.isNull());
    QCOMPARE(client.responseStatus(), 503);
}

void tst_Threads::aClientMovedByTheQuestionOfItsRequestOpensThere()
{
    Worker worker;
    std::atomic<bool> isThere{false};
    QString text;
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    There<WebSocket> client(new WebSocket);
    connect(client.get(), &WebSocket::connected, [&] {
        isThere = QThread::currentThread() == &worker;
        client->sendTextMessage("from there");
    });
    std::unique_ptr<WebSocket> peer;
    connect(&server, &WebSocketServer::originAuthenticationRequired, [&] {
        client->moveToThread(&worker);
    });
    connect(&server, &WebSocketServer::newConnection, [&] {
        peer.reset(server.nextPendingConnection());
        connect(peer.get(), &WebSocket::textMessageReceived, [&](const QString &t) { text = t; });
    });
    client->open(server.serverUrl());
    QVERIFY(waitFor([&] { return text == "from there"; }));
    QVERIFY(isThere);
}

QTEST_GUILESS_MAIN(tst_Threads)
#include "tst_threads.moc"
