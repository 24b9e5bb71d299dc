// Properties, each with a signal that comes when it changes and not otherwise; the figures of a
// connection; and what is known of a response that refused.
#include "support.h"

#include <QtCore/QMetaProperty>

#ifdef Q_OS_UNIX
#  include <sys/resource.h>
#  include <unistd.h>
#endif

using namespace std::chrono_literals;

namespace {

/// Follows all properties of a socket: a signal without a change is written down.
class Follower : public QObject
{
    Q_OBJECT

public:
    explicit Follower(WebSocket *socket) : m_socket(socket)
    {
        const QMetaObject *const meta = socket->metaObject();
        const QMetaMethod slot =
            metaObject()->method(metaObject()->indexOfSlot("changed()"));
        for (int i = meta->propertyOffset(); i < meta->propertyCount(); ++i) {
            m_known[i] = meta->property(i).read(socket);
            QObject::connect(socket, meta->property(i).notifySignal(), this, slot);
        }
    }

    /// Names of what has changed, each signal once, in order.
    QStringList changes;
    /// What was wrong.
    QStringList faults;

    /// Whether everything that has changed was told, as long as nothing is under way.
    void compare()
    {
        for (auto known = m_known.constBegin(); known != m_known.constEnd(); ++known) {
            const QMetaProperty property = m_socket->metaObject()->property(known.key());
            if (property.read(m_socket) != known.value())
                faults << QString("%1 changed without a signal").arg(property.name());
        }
    }

private Q_SLOTS:
    void changed()
    {
        for (auto known = m_known.begin(); known != m_known.end(); ++known) {
            const QMetaProperty property = m_socket->metaObject()->property(known.key());
            if (property.notifySignalIndex() != senderSignalIndex())
                continue;
            const QVariant now = property.read(m_socket);
            if (now == known.value())
                faults << QString("%1 did not change").arg(property.name());
            known.value() = now;
            changes << property.name();
        }
    }

private:
    WebSocket *const m_socket;
    QMap<int, QVariant> m_known;
};

} // namespace

class tst_Properties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allHaveASignal();
    void followAConnection();
    void followAFailure();
    void followAServersSocket();
    void roundTripTimeIsToldForPings();
    void roundTripTimeIsToldForTheHeartbeat();
    void bytesAndMessagesAreCounted();
    void figuresAre0WithoutAConnection();
    void aRefusalsStatusHeaderAndBodyAreKnown();
    void aLongBodyIsCut();
    void theHeaderOfAWrongAnswerIsKnown();
    void theHeaderOfAnAcceptanceIsKnown();
    void acceptErrorTellsThatDescriptorsAreWanting();
};

void tst_Properties::allHaveASignal()
{
    const QMetaObject &meta = WebSocket::staticMetaObject;
    QStringList names;
    for (int i = meta.propertyOffset(); i < meta.propertyCount(); ++i) {
        names << meta.property(i).name();
        QVERIFY2(meta.property(i).hasNotifySignal(), meta.property(i).name());
        QVERIFY(meta.property(i).isReadable() && !meta.property(i).isWritable());
    }
    QCOMPARE(names, QStringList({"state", "requestUrl", "subprotocol", "extensions", "errorString",
                                 "closeCode", "closeReason", "roundTripTime", "reconnecting",
                                 "reconnectAttempt"}));
}

void tst_Properties::followAConnection()
{
    Pair pair;
    pair.server.setSupportedSubprotocols({"chat"});
    WebSocketCompression compression;
    pair.server.setCompression(compression);
    Follower follower(pair.client.get());
    WebSocketHandshakeOptions options;
    options.setSubprotocols({"chat"});
    QVERIFY(pair.open(options));
    follower.compare();
    QCOMPARE(follower.faults, QStringList());
    QStringList opened = follower.changes;
    opened.sort();
    // "Unknown error" while there is none, as with Qt.
    QCOMPARE(opened, QStringList({"errorString", "extensions", "requestUrl", "state", "state",
                                  "subprotocol"}));
    QCOMPARE(pair.client->property("subprotocol").toString(), QString("chat"));
    QCOMPARE(pair.client->property("requestUrl").toUrl(), pair.server.serverUrl());

    follower.changes.clear();
    pair.peer->close(CloseCode(4000), "enough");
    QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
    follower.compare();
    QCOMPARE(follower.faults, QStringList());
    QVERIFY(follower.changes.contains("closeCode"));
    QVERIFY(follower.changes.contains("closeReason"));
    QCOMPARE(follower.changes.count("state"), 2);
    QCOMPARE(pair.client->property("closeReason").toString(), QString("enough"));

    // Anew, without what was agreed.
    follower.changes.clear();
    compression.setEnabled(false);
    pair.client->setCompression(compression);
    pair.client->open(QUrl(pair.server.serverUrl().toString() + "/other"));
    QVERIFY(waitFor([&] { return pair.client->isValid(); }));
    follower.compare();
    QCOMPARE(follower.faults, QStringList());
    for (const char *name : {"closeCode", "closeReason", "subprotocol", "extensions", "requestUrl"})
        QCOMPARE(follower.changes.count(name), 1);
}

void tst_Properties::followAFailure()
{
    QTcpServer nobody;
    QVERIFY(nobody.listen(QHostAddress::LocalHost));
    const QUrl url(QString("ws://127.0.0.1:%1").arg(nobody.serverPort()));
    nobody.close();
    WebSocket socket;
    Follower follower(&socket);
    socket.open(url);
    QVERIFY(waitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }));
    follower.compare();
    QCOMPARE(follower.faults, QStringList());
    QCOMPARE(follower.changes.count("closeCode"), 1);
    QVERIFY(follower.changes.count("errorString") >= 1);
    QCOMPARE(socket.property("errorString").toString(), socket.errorString());

    follower.changes.clear();
    socket.open(QUrl("http://127.0.0.1"));
    follower.compare();
    QCOMPARE(follower.faults, QStringList());
    QVERIFY(follower.changes.contains("errorString"));
    QVERIFY(!follower.changes.contains("state"));
}

void tst_Properties::followAServersSocket()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    server.setCompression(WebSocketCompression());
    QVERIFY(server.listen(QHostAddress::LocalHost));
    std::unique_ptr<WebSocket> peer;
    std::unique_ptr<Follower> follower;
    connect(&server, &WebSocketServer::newConnection, &server, [&] {
        peer.reset(server.nextPendingConnection());
        follower = std::make_unique<Follower>(peer.get());
    });
    WebSocket client;
    client.open(server.serverUrl());
    QVERIFY(waitFor([&] { return client.isValid() && peer && !peer->extensions().isEmpty(); }));
    QVERIFY(waitFor([&] { return follower->changes.contains("extensions"); }));
    client.close();
    QVERIFY(waitFor([&] { return peer->state() == QAbstractSocket::UnconnectedState; }));
    follower->compare();
    QCOMPARE(follower->faults, QStringList());
}

void tst_Properties::roundTripTimeIsToldForPings()
{
    Pair pair;
    QVERIFY(pair.open());
    QVERIFY(pair.client->roundTripTime() == 0us);
    QSignalSpy changed(pair.client.get(), &WebSocket::roundTripTimeChanged);
    QSignalSpy pongs(pair.client.get(), &WebSocket::pong);
    pair.client->ping("x");
    QVERIFY(waitFor([&] { return pongs.size() == 1; }));
    QCOMPARE(changed.size(), 1);
    QVERIFY(pair.client->roundTripTime() > 0us);
    QCOMPARE(pair.client->property("roundTripTime").toLongLong(),
             qint64(pair.client->roundTripTime().count()));
    QCOMPARE(pongs.at(0).at(0).toULongLong(),
             quint64(pair.client->roundTripTime().count() / 1000));
    // Nothing is known of a connection that is over.
    pair.client->abort();
    QCOMPARE(changed.size(), 2);
    QVERIFY(pair.client->roundTripTime() == 0us);
}

void tst_Properties::roundTripTimeIsToldForTheHeartbeat()
{
    Pair pair;
    QVERIFY(pair.open());
    QSignalSpy changed(pair.peer, &WebSocket::roundTripTimeChanged);
    QSignalSpy pongs(pair.peer, &WebSocket::pong);
    Follower follower(pair.peer);
    WebSocketHeartbeat heartbeat;
    heartbeat.setInterval(5ms);
    pair.peer->setHeartbeat(heartbeat);
    QVERIFY(waitFor([&] { return changed.size() >= 3; }));
    QVERIFY(pair.peer->roundTripTime() > 0us);
    QCOMPARE(pongs.size(), 0);
    QCOMPARE(follower.faults, QStringList());
}

void tst_Properties::bytesAndMessagesAreCounted()
{
    Pair pair;
    QVERIFY(pair.open());
    QCOMPARE(pair.client->bytesSent(), quint64(0));
    QCOMPARE(pair.client->messagesSent(), quint64(0));
    QSignalSpy texts(pair.peer, &WebSocket::textMessageReceived);
    QSignalSpy binaries(pair.peer, &WebSocket::binaryMessageReceived);
    pair.client->sendTextMessage("12345");
    pair.client->sendBinaryMessage(QByteArray(200, 'x'));
    QVERIFY(waitFor([&] { return texts.size() == 1 && binaries.size() == 1; }));
    QCOMPARE(pair.client->messagesSent(), quint64(2));
    QCOMPARE(pair.peer->messagesReceived(), quint64(2));
    QCOMPARE(pair.client->bytesSent(), quint64(6 + 5 + 8 + 200));
    QCOMPARE(pair.peer->bytesReceived(), pair.client->bytesSent());
    QCOMPARE(pair.peer->messagesSent(), quint64(0));
    QCOMPARE(pair.client->messagesReceived(), quint64(0));
    QCOMPARE(pair.client->messagesDropped(), quint64(0));
    QSignalSpy answers(pair.client.get(), &WebSocket::textMessageReceived);
    pair.peer->sendTextMessage("1234567");
    QVERIFY(waitFor([&] { return answers.size() == 1; }));
    QCOMPARE(pair.peer->bytesSent(), quint64(2 + 7));
    QCOMPARE(pair.client->bytesReceived(), quint64(2 + 7));
    QCOMPARE(pair.client->messagesReceived(), quint64(1));
}

void tst_Properties::figuresAre0WithoutAConnection()
{
    const WebSocket socket;
    QCOMPARE(socket.bytesSent(), quint64(0));
    QCOMPARE(socket.bytesReceived(), quint64(0));
    QCOMPARE(socket.messagesSent(), quint64(0));
    QCOMPARE(socket.messagesReceived(), quint64(0));
    QCOMPARE(socket.messagesDropped(), quint64(0));
    QVERIFY(socket.roundTripTime() == 0us);
    QCOMPARE(socket.responseStatus(), 0);
    QVERIFY(socket.responseHeaders().isEmpty());
    QVERIFY(socket.responseBody().isEmpty());
}

using Headers = QList<QPair<QByteArray, QByteArray>>;

void tst_Properties::aRefusalsStatusHeaderAndBodyAreKnown()
{
    RawServer server;
    server.answer = "HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\nX-Twice: a\r\nX-Twice: b\r\n"
                    "Content-Length: 12\r\n\r\nnot so fast\n";
    WebSocket client;
    QSignalSpy errors(&client, &WebSocket::errorOccurred);
    client.open(server.url());
    QVERIFY(waitFor([&] { return errors.size() == 1; }));
    QCOMPARE(client.responseStatus(), 429);
    QCOMPARE(client.responseBody(), QByteArray("not so fast\n"));
    QCOMPARE(client.responseHeaders(),
             Headers({{"retry-after", "7"}, {"x-twice", "a"}, {"x-twice", "b"},
                      {"content-length", "12"}}));
    QVERIFY2(client.errorString().contains("429 (Slow Down)"), qPrintable(client.errorString()));
    // Forgotten by the next open().
    RawServer silent;
    silent.answer.clear();
    client.open(silent.url());
    QCOMPARE(client.responseStatus(), 0);
    QVERIFY(client.responseHeaders().isEmpty());
    QVERIFY(client.responseBody().isEmpty());
}

void tst_Properties::aLongBodyIsCut()
{
    RawServer server;
    server.answer = "HTTP/1.1 500 Oh\r\nContent-Length: 5000\r\n\r\n" + QByteArray(5000, 'x');
    WebSocket client;
    QSignalSpy errors(&client, &WebSocket::errorOccurred);
    client.open(server.url());
    QVERIFY(waitFor([&] { return errors.size() == 1; }));
    QCOMPARE(client.responseStatus(), 500);
    QCOMPARE(client.responseBody(), QByteArray(1024, 'x'));
}

void tst_Properties::theHeaderOfAWrongAnswerIsKnown()
{
    RawServer server;
    server.answer = "HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: nonsense\r\nX-Proxy: strange\r\n\r\n";
    WebSocket client;
    QSignalSpy errors(&client, &WebSocket::errorOccurred);
    client.open(server.url());
    QVERIFY(waitFor([&] { return errors.size() == 1; }));
    QCOMPARE(client.responseStatus(), 101);
    QVERIFY(client.responseHeaders().contains({"x-proxy", "strange"}));
    QVERIFY(client.responseHeaders().contains({"sec-websocket-accept", "nonsense"}));
}

void tst_Properties::theHeaderOfAnAcceptanceIsKnown()
{
    RawServer server;
    server.answer.replace("\r\n\r\n", "\r\nX-Node: 12\r\n\r\n");
    WebSocket client;
    client.open(server.url());
    QVERIFY(waitFor([&] { return client.isValid(); }));
    QCOMPARE(client.responseStatus(), 101);
    QVERIFY(client.responseHeaders().contains({"x-node", "12"}));
}

void tst_Properties::acceptErrorTellsThatDescriptorsAreWanting()
{
#ifdef Q_OS_UNIX
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QSignalSpy errors(&server, &WebSocketServer::acceptError);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    // The whole connection first: Qt's socket needs its descriptor, too.
    server.pauseAccepting();
    RawClient client(server);
    QVERIFY(waitFor([&] { return client.socket.state() == QAbstractSocket::ConnectedState
        && client.socket.bytesToWrite() == 0; }));
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const int free = ::dup(0);
    QVERIFY(free >= 0);
    ::close(free);
    rlimit none = before;
    none.rlim_cur = rlim_t(free);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
    server.resumeAccepting();
    const bool isTold = waitFor([&] { return errors.size() >= 1; });
    ::setrlimit(RLIMIT_NOFILE, &before);
    QVERIFY(isTold);
    QCOMPARE(errors.at(0).at(0).value<QAbstractSocket::SocketError>(),
             QAbstractSocket::SocketResourceError);
    // It goes on by itself.
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    QVERIFY(client.waitForResponse("HTTP/1.1 101 "));
#else
    QSKIP("Descriptors are limited in another way here");
#endif
}

QTEST_GUILESS_MAIN(tst_Properties)
#include "tst_properties.moc"
