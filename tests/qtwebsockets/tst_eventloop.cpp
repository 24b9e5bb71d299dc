// What happens in which pass of the event loop.
#include "rawpeers.h"
#include "support.h"

#include <QtCore/QAbstractEventDispatcher>

namespace {

/// Counts the passes of this thread's event loop.
class Passes : public QObject
{
public:
    Passes()
    {
        const auto *dispatcher = QAbstractEventDispatcher::instance();
        connect(dispatcher, &QAbstractEventDispatcher::awake, this, [this] { ++m_count; });
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [this] { ++m_count; });
    }
    int count() const { return m_count; }

private:
    int m_count = 0;
};

} // namespace

class tst_EventLoop : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void connectedComesAfterThePassOfNewConnection();
    void callsPostedInNewConnectionRunBeforeConnected();
    void noByteLeavesBeforeTheOriginAndNewConnection();
    void aRefusalInTheSlotIsInTime();
    void messagesUnderLoadShareAPass();
    void messagesSentInNewConnectionArrive();
    void connectionsAreIndependent();
};

void tst_EventLoop::connectedComesAfterThePassOfNewConnection()
{
    const Passes passes;
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    for (int i = 0; i < 150; ++i) {
        int atNewConnection = -1;
        int atConnected = -1;
        QWebSocket client;
        std::unique_ptr<QWebSocket> peer;
        connect(&server, &QWebSocketServer::newConnection, &client, [&] {
            atNewConnection = passes.count();
            peer.reset(server.nextPendingConnection());
        });
        connect(&client, &QWebSocket::connected, &client, [&] { atConnected = passes.count(); });
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] { return atConnected >= 0 && peer; }));
        QVERIFY2(atConnected > atNewConnection,
                 qPrintable(QString("%1 after %2").arg(atConnected).arg(atNewConnection)));
        client.close();
    }
}

void tst_EventLoop::callsPostedInNewConnectionRunBeforeConnected()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    for (int i = 0; i < 150; ++i) {
        QStringList log;
        QWebSocket client;
        std::unique_ptr<QWebSocket> peer;
        connect(&server, &QWebSocketServer::newConnection, &client, [&] {
            log.append("newConnection");
            peer.reset(server.nextPendingConnection());
            QMetaObject::invokeMethod(
                &client, [&] { log.append("posted"); }, Qt::QueuedConnection);
        });
        connect(&client, &QWebSocket::connected, &client, [&] { log.append("connected"); });
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] { return log.contains("connected"); }));
        QCOMPARE(log, (QStringList{"newConnection", "posted", "connected"}));
        client.close();
    }
}

void tst_EventLoop::noByteLeavesBeforeTheOriginAndNewConnection()
{
    for (int i = 0; i < 5; ++i) {
        QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        RawClient raw(server.serverPort());
        QStringList seen;
        const auto look = [&](const QString &where) {
            const bool isReadable = raw.socket.waitForReadyRead(20);
            seen.append(where + (isReadable || !raw.received.isEmpty() ? " after bytes" : ""));
        };
        connect(&server, &QWebSocketServer::originAuthenticationRequired, this,
                [&] { look("origin"); });
        connect(&server, &QWebSocketServer::newConnection, this, [&] { look("newConnection"); });
        QVERIFY(waitFor([&] { return raw.isAnswered(); }));
        QCOMPARE(seen, (QStringList{"origin", "newConnection"}));
    }
}

void tst_EventLoop::aRefusalInTheSlotIsInTime()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::originAuthenticationRequired, this,
            [](QWebSocketCorsAuthenticator *authenticator) {
                authenticator->setAllowed(authenticator->origin().endsWith("even"));
            });
    for (int i = 0; i < 50; ++i) {
        const bool isEven = i % 2 == 0;
        const RawClient raw(server.serverPort(),
                            upgradeRequest(isEven ? "Origin: even\r\n" : "Origin: odd\r\n"));
        QVERIFY(waitFor([&] { return raw.isAnswered(); }));
        QVERIFY2(raw.received.startsWith(isEven ? "HTTP/1.1 101" : "HTTP/1.1 403"), raw.received);
        delete server.nextPendingConnection();
    }
}

void tst_EventLoop::messagesUnderLoadShareAPass()
{
    const Passes passes;
    RawServer server;
    QWebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    constexpr int count = 5000;
    QVector<int> inPass;
    int expected = 0;
    connect(&client, &QWebSocket::textMessageReceived, this, [&](const QString &text) {
        if (text == QString::number(expected))
            ++expected;
        if (inPass.size() <= passes.count())
            inPass.resize(passes.count() + 1);
        ++inPass[passes.count()];
    });
    QByteArray all;
    for (int i = 0; i < count; ++i)
        all += plainFrame(0x81, QByteArray::number(i));
    server.socket->write(all);
    QVERIFY(waitFor([&] { return expected == count; }));
    const int most = *std::max_element(inPass.cbegin(), inPass.cend());
    QVERIFY2(most > 10, qPrintable(QString::number(most)));
}

void tst_EventLoop::messagesSentInNewConnectionArrive()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    std::unique_ptr<QWebSocket> peer;
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
        peer.reset(server.nextPendingConnection());
        QCOMPARE(peer->sendTextMessage("welcome"), qint64(7));
    });
    for (int i = 0; i < 50; ++i) {
        QStringList log;
        QWebSocket client;
        follow(&client, &log);
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] { return log.contains("text \"welcome\""); }));
        QCOMPARE(log, (QStringList{"Connecting", "Connected", "connected",
                                   "text frame \"welcome\" last", "text \"welcome\""}));
    }
}

void tst_EventLoop::connectionsAreIndependent()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
        QWebSocket *peer = server.nextPendingConnection();
        peer->setParent(&server);
        connect(peer, &QWebSocket::textMessageReceived, peer, &QWebSocket::sendTextMessage);
    });
    std::vector<std::unique_ptr<QWebSocket>> clients;
    QVector<QStringList> logs(25);
    for (int i = 0; i < logs.size(); ++i) {
        clients.push_back(std::make_unique<QWebSocket>());
        QWebSocket *client = clients.back().get();
        connect(client, &QWebSocket::connected, client, [client, i] {
            for (int n = 0; n < 20; ++n)
                client->sendTextMessage(QString("%1/%2").arg(i).arg(n));
        });
        connect(client, &QWebSocket::textMessageReceived, client,
                [&logs, i](const QString &text) { logs[i].append(text); });
        client->open(server.serverUrl());
    }
    for (int i = 0; i < logs.size(); ++i) {
        QVERIFY(waitFor([&] { return logs.at(i).size() == 20; }));
        for (int n = 0; n < 20; ++n)
            QCOMPARE(logs.at(i).at(n), QString("%1/%2").arg(i).arg(n));
    }
}

QTEST_GUILESS_MAIN(tst_EventLoop)
#include "tst_eventloop.moc"
