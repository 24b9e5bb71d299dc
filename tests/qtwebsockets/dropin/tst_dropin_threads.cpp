// Sockets that are moved to other threads: before opening, while connected, on either side.
#include "../../tsan/handover.h"
#include "rawpeers.h"
#include "support.h"

#include <QtCore/QThread>

#include <atomic>
#include <mutex>

namespace {

/// A thread with an event loop that ends with its scope.
class Worker : public LoopThread
{
public:
    /// Moves the socket here and deletes it with the thread's last event.
    void adopt(QWebSocket *socket)
    {
        connect(this, &QThread::finished, socket, &QObject::deleteLater);
        socket->moveToThread(this);
    }
};

/// What a socket received, and on which threads.
struct Seen
{
    void add(const QString &text)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_texts.append(text);
        if (!m_threads.contains(QThread::currentThread()))
            m_threads.append(QThread::currentThread());
    }
    QStringList texts() const
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        return m_texts;
    }
    QList<QThread *> threads() const
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        return m_threads;
    }

private:
    mutable std::mutex m_mutex;
    QStringList m_texts;
    QList<QThread *> m_threads;
};

void call(QObject *context, const std::function<void()> &function)
{
    QMetaObject::invokeMethod(context, function, Qt::QueuedConnection);
}

} // namespace

class tst_DropInThreads : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void aSocketMovedBeforeItOpens();
    void aSocketMovedWhileConnecting();
    void aSocketMovedWhileConnected();
    void theServersSideMovedWhileConnected();
    void theServersSideMovedInNewConnection();
    void noMessageIsLostByMoving();
    void aServerMovedBeforeItListens();
    void closeArrivesOnTheNewThread();
};

void tst_DropInThreads::aSocketMovedBeforeItOpens()
{
    Seen seen;
    RawServer server;
    Worker worker;
    auto *socket = new QWebSocket;
    connect(socket, &QWebSocket::connected, socket, [&] { seen.add("connected"); },
            Qt::DirectConnection);
    connect(socket, &QWebSocket::textMessageReceived, socket,
            [&](const QString &text) { seen.add(text); }, Qt::DirectConnection);
    worker.adopt(socket);
    call(socket, [socket, url = server.url()] { socket->open(url); });
    QVERIFY(waitFor([&] { return seen.texts().contains("connected"); }));
    server.socket->write(plainFrame(0x81, "hello"));
    QVERIFY(waitFor([&] { return seen.texts().contains("hello"); }));
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
    call(socket, [socket] { socket->sendTextMessage("back"); });
    QVERIFY(waitFor([&] { return !framesOf(server.received).isEmpty(); }));
    QCOMPARE(described(server.received), QByteArrayList{"81 back"});
}

void tst_DropInThreads::aSocketMovedWhileConnecting()
{
    Seen seen;
    RawServer server;
    Worker worker;
    auto *socket = new QWebSocket;
    connect(socket, &QWebSocket::connected, socket, [&] { seen.add("connected"); },
            Qt::DirectConnection);
    socket->open(server.url());
    worker.adopt(socket);
    QVERIFY(waitFor([&] { return seen.texts().contains("connected"); }));
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
}

void tst_DropInThreads::aSocketMovedWhileConnected()
{
    Seen seen;
    RawServer server;
    Worker worker;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    connect(socket, &QWebSocket::textMessageReceived, socket, [&seen, socket](const QString &text) {
        seen.add(text);
        socket->sendTextMessage(text);
    }, Qt::DirectConnection);
    worker.adopt(socket);
    server.socket->write(plainFrame(0x81, "hello"));
    QVERIFY(waitFor([&] { return described(server.received) == QByteArrayList{"81 hello"}; }));
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
}

void tst_DropInThreads::theServersSideMovedWhileConnected()
{
    QStringList log;
    Seen seen;
    Pair pair;
    QVERIFY(pair.open());
    follow(pair.client.get(), &log);
    Worker worker;
    QWebSocket *peer = pair.peer.release();
    connect(peer, &QWebSocket::textMessageReceived, peer, [&seen, peer](const QString &text) {
        seen.add(text);
        peer->sendTextMessage(text);
    }, Qt::DirectConnection);
    worker.adopt(peer);
    for (int i = 0; i < 20; ++i)
        pair.client->sendTextMessage(QString::number(i));
    QVERIFY(waitFor([&] { return log.contains("text \"19\""); }));
    QCOMPARE(seen.texts().size(), 20);
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
}

void tst_DropInThreads::theServersSideMovedInNewConnection()
{
    Seen seen;
    Worker worker;
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
        QWebSocket *peer = server.nextPendingConnection();
        connect(peer, &QWebSocket::textMessageReceived, peer, [&seen, peer](const QString &text) {
            seen.add(text);
            peer->sendTextMessage(text);
        }, Qt::DirectConnection);
        worker.adopt(peer);
    });
    std::vector<std::unique_ptr<QWebSocket>> clients;
    int echoes = 0;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(std::make_unique<QWebSocket>());
        QWebSocket *client = clients.back().get();
        connect(client, &QWebSocket::connected, client, [client] { client->sendTextMessage("x"); });
        connect(client, &QWebSocket::textMessageReceived, client, [&] { ++echoes; });
        client->open(server.serverUrl());
    }
    QVERIFY(waitFor([&] { return echoes == 10; }));
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
}

void tst_DropInThreads::noMessageIsLostByMoving()
{
    constexpr int count = 20000;
    Seen seen;
    std::atomic<int> expected{0};
    RawServer server;
    Worker first;
    Worker second;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    connect(socket, &QWebSocket::textMessageReceived, socket, [&](const QString &text) {
        if (text == QString::number(expected.load()))
            ++expected;
        // Under way between two messages, to and fro.
        const int number = text.toInt();
        if (number % 1000 == 999) {
            seen.add(text);
            socket->moveToThread(number % 2000 == 999 ? &first : &second);
        }
    }, Qt::DirectConnection);
    QByteArray all;
    for (int i = 0; i < count; ++i)
        all += plainFrame(0x81, QByteArray::number(i));
    server.socket->write(all);
    waitFor([&] { return expected == count; });
    QCOMPARE(expected.load(), count);
    QVERIFY(seen.threads().size() == 3);
    QVERIFY(waitFor([&] { return socket->thread() == &second; }));
    connect(&second, &QThread::finished, socket, &QObject::deleteLater);
}

void tst_DropInThreads::aServerMovedBeforeItListens()
{
    QStringList log;
    Seen seen;
    Worker worker;
    auto *server = new QWebSocketServer("test", QWebSocketServer::NonSecureMode);
    connect(&worker, &QThread::finished, server, &QObject::deleteLater);
    server->moveToThread(&worker);
    std::atomic<int> port{0};
    connect(server, &QWebSocketServer::newConnection, server, [&seen, server] {
        seen.add("newConnection");
        QWebSocket *peer = server->nextPendingConnection();
        peer->setParent(server);
        QObject::connect(peer, &QWebSocket::textMessageReceived, peer,
                         &QWebSocket::sendTextMessage);
    }, Qt::DirectConnection);
    call(server, [&port, server] {
        server->listen(QHostAddress::LocalHost);
        port = server->serverPort();
    });
    QVERIFY(waitFor([&] { return port != 0; }));
    QWebSocket client;
    follow(&client, &log);
    client.open(QUrl(QString("ws://127.0.0.1:%1").arg(port.load())));
    QVERIFY(waitFor([&] { return client.isValid(); }));
    client.sendTextMessage("echo");
    QVERIFY(waitFor([&] { return log.contains("text \"echo\""); }));
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
}

void tst_DropInThreads::closeArrivesOnTheNewThread()
{
    Seen seen;
    RawServer server;
    Worker worker;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    connect(socket, &QWebSocket::disconnected, socket, [&seen, socket] {
        seen.add(QString("disconnected %1").arg(socket->closeCode()));
    }, Qt::DirectConnection);
    worker.adopt(socket);
    server.socket->write(plainFrame(0x88, closePayload(1001)));
    QVERIFY(waitFor([&] { return !seen.texts().isEmpty(); }));
    QCOMPARE(seen.texts(), QStringList("disconnected 1001"));
    QCOMPARE(seen.threads(), QList<QThread *>{&worker});
}

QTEST_GUILESS_MAIN(tst_DropInThreads)
#include "tst_dropin_threads.moc"
