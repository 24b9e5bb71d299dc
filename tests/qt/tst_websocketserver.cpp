// The server: listening, requests and their acceptance, pending connections.
#include "support.h"

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

class tst_WebSocketServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qRegisterMetaType<CloseCode>("Wirebird::WebSocketProtocol::CloseCode"); }
    void aFreshServerHasTheDefaultsOfQt();
    void listeningSetsAddressPortAndUrl();
    void listeningTwiceIsRefused();
    void aPortInUseIsAServerError();
    void aForeignAddressIsAServerError();
    void aPortCanBeUsedAgainAtOnce();
    void closedIsEmittedFromTheEventLoop();
    void closeEndsPendingConnectionsOnly();
    void aBoundSocketCanBeGiven();
    void theOriginIsAskedForEachRequest();
    void aForeignOriginIsRefusedWithoutASlot();
    void aRefusedOriginGets403();
    void tooManyPendingConnectionsAreCutOff();
    void anotherVersionIsRefused();
    void aRequestThatIsNoWebSocketIsNoConnection();
    void theRequestCanBeRead();
    void theServerNameIsInTheResponse();
    void aSlowHandshakeIsCutOff();
    void messagesBeforeTheFetchAreKept();
    void aPausedServerAcceptsLater();
    void aDestroyedServerClosesWhatNobodyFetched();
};

void tst_WebSocketServer::aFreshServerHasTheDefaultsOfQt()
{
    WebSocketServer server("name", WebSocketServer::NonSecureMode);
    QCOMPARE(server.serverName(), QString("name"));
    QCOMPARE(server.secureMode(), WebSocketServer::NonSecureMode);
    QVERIFY(!server.isListening());
    QCOMPARE(server.maxPendingConnections(), 30);
    QCOMPARE(server.handshakeTimeoutMS(), 10000);
    QCOMPARE(server.handshakeTimeout(), std::chrono::milliseconds(10000));
    QCOMPARE(server.serverPort(), quint16(0));
    QVERIFY(server.serverAddress().isNull());
    QVERIFY(server.serverUrl().isEmpty());
    QCOMPARE(server.socketDescriptor(), qintptr(-1));
    QVERIFY(!server.hasPendingConnections());
    QVERIFY(!server.nextPendingConnection());
    QCOMPARE(server.error(), CloseCodeNormal);
    QCOMPARE(server.errorString(), QString());
    QCOMPARE(server.supportedVersions(), QList<Version>{Version13});
    QCOMPARE(server.supportedSubprotocols(), QStringList());
    server.setHandshakeTimeout(std::chrono::seconds(2));
    QCOMPARE(server.handshakeTimeoutMS(), 2000);
    server.setHandshakeTimeout(-1);
    QCOMPARE(server.handshakeTimeoutMS(), -1);
}

void tst_WebSocketServer::listeningSetsAddressPortAndUrl()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen());
    QVERIFY(server.isListening());
    QVERIFY(server.serverPort() != 0);
    QCOMPARE(server.serverAddress(), QHostAddress(QHostAddress::Any));
    QCOMPARE(server.serverUrl(), QUrl(QString("ws://127.0.0.1:%1").arg(server.serverPort())));
    QVERIFY(server.socketDescriptor() >= 0);
    WebSocket socket;
    socket.open(server.serverUrl());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    server.close();
    QCOMPARE(server.serverPort(), quint16(0));
    QCOMPARE(server.socketDescriptor(), qintptr(-1));
}

void tst_WebSocketServer::listeningTwiceIsRefused()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QSignalSpy errors(&server, &WebSocketServer::serverError);
    QVERIFY(!server.listen(QHostAddress::LocalHost));
    QCOMPARE(errors.size(), 1);
    QCOMPARE(server.error(), CloseCodeAbnormalDisconnection);
    QCOMPARE(server.errorString(), QString("The server is listening already; close() it first."));
    QVERIFY(server.isListening());
}

void tst_WebSocketServer::aPortInUseIsAServerError()
{
    WebSocketServer first("", WebSocketServer::NonSecureMode);
    QVERIFY(first.listen(QHostAddress::LocalHost));
    WebSocketServer second("", WebSocketServer::NonSecureMode);
    QSignalSpy errors(&second, &WebSocketServer::serverError);
    QVERIFY(!second.listen(QHostAddress::LocalHost, first.serverPort()));
    QCOMPARE(errors.size(), 1);
    QCOMPARE(second.error(), CloseCodeAbnormalDisconnection);
    QCOMPARE(second.errorString(), QString("The bound address is already in use"));
    QVERIFY(!second.isListening());
}

void tst_WebSocketServer::aForeignAddressIsAServerError()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QSignalSpy errors(&server, &WebSocketServer::serverError);
    QVERIFY(!server.listen(QHostAddress("192.0.2.1")));
    QCOMPARE(errors.size(), 1);
    QCOMPARE(server.errorString(), QString("The address is not available"));
}

void tst_WebSocketServer::aPortCanBeUsedAgainAtOnce()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    for (int i = 0; i < 5; ++i) {
        server.close();
        QVERIFY2(server.listen(QHostAddress::LocalHost, port), qPrintable(server.errorString()));
    }
    WebSocket socket;
    socket.open(server.serverUrl());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
}

void tst_WebSocketServer::closedIsEmittedFromTheEventLoop()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QSignalSpy closed(&server, &WebSocketServer::closed);
    server.close();
    QCOMPARE(closed.size(), 0);
    QVERIFY(waitFor([&] { return closed.size() == 1; }));
}

void tst_WebSocketServer::closeEndsPendingConnectionsOnly()
{
    Pair pair;
    QVERIFY(pair.open());
    disconnect(&pair.server, &WebSocketServer::newConnection, nullptr, nullptr);
    WebSocket waiting;
    waiting.open(pair.server.serverUrl());
    QVERIFY(waitFor([&] { return waiting.isValid() && pair.server.hasPendingConnections(); }));
    pair.server.close();
    QVERIFY(!pair.server.hasPendingConnections());
    QVERIFY(waitFor([&] { return waiting.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(waiting.closeCode(), CloseCodeGoingAway);
    QCOMPARE(waiting.closeReason(), QString("Server closed."));
    QVERIFY(pair.client->isValid());
    QVERIFY(pair.peer->isValid());
}

void tst_WebSocketServer::aBoundSocketCanBeGiven()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(!server.setSocketDescriptor(-2));
#ifdef Q_OS_UNIX
    QTcpServer bound;
    QVERIFY(bound.listen(QHostAddress::LocalHost));
    const int descriptor = ::dup(int(bound.socketDescriptor()));
    const quint16 port = bound.serverPort();
    bound.close();
    QVERIFY(server.setSocketDescriptor(descriptor));
    QCOMPARE(server.serverPort(), port);
    QCOMPARE(server.serverAddress(), QHostAddress(QHostAddress::LocalHost));
#endif
}

void tst_WebSocketServer::theOriginIsAskedForEachRequest()
{
    QStringList asked;
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    connect(&server, &WebSocketServer::originAuthenticationRequired,
            [&](WebSocketCorsAuthenticator *authenticator) {
                asked << authenticator->origin() + (authenticator->allowed() ? " yes" : " no");
                authenticator->setAllowed(true);
            });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QString own = "http://127.0.0.1:" + QString::number(server.serverPort());
    for (const QString &origin : {QString("http://example.org"), own, QString()}) {
        WebSocket socket(origin);
        socket.open(server.serverUrl());
        QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(origin));
    }
    QCOMPARE(asked, QStringList({"http://example.org no", own + " yes", " yes"}));
}

void tst_WebSocketServer::aForeignOriginIsRefusedWithoutASlot()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server, "Origin: http://evil.example\r\n");
    const QByteArray answer = client.readToEnd();
    QVERIFY2(answer.startsWith("HTTP/1.1 403 "), answer);
    QCOMPARE(server.error(), CloseCodePolicyViolated);
    QVERIFY(!server.hasPendingConnections());
}

void tst_WebSocketServer::aRefusedOriginGets403()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QSignalSpy errors(&server, &WebSocketServer::serverError);
    connect(&server, &WebSocketServer::originAuthenticationRequired,
            [](WebSocketCorsAuthenticator *authenticator) { authenticator->setAllowed(false); });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server, "Origin: http://evil.example\r\n");
    const QByteArray answer = client.readToEnd();
    QVERIFY2(answer.startsWith("HTTP/1.1 403 "), answer);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(server.error(), CloseCodePolicyViolated);
    QCOMPARE(server.errorString(), QString("Access forbidden."));
    QVERIFY(!server.hasPendingConnections());
}

void tst_WebSocketServer::tooManyPendingConnectionsAreCutOff()
{
    int asked = 0;
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QSignalSpy errors(&server, &WebSocketServer::serverError);
    connect(&server, &WebSocketServer::originAuthenticationRequired, [&] { ++asked; });
    server.setMaxPendingConnections(1);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocket first;
    first.open(server.serverUrl());
    QVERIFY(waitFor([&] { return first.isValid(); }));
    RawClient second(server);
    QCOMPARE(second.readToEnd(), QByteArray());
    QCOMPARE(errors.size(), 1);
    QCOMPARE(server.error(), CloseCodeAbnormalDisconnection);
    QCOMPARE(server.errorString(), QString("Too many pending connections."));
    QCOMPARE(asked, 1);
    const std::unique_ptr<WebSocket> fetched(server.nextPendingConnection());
    WebSocket third;
    third.open(server.serverUrl());
    QVERIFY(waitFor([&] { return third.isValid(); }));
}

void tst_WebSocketServer::anotherVersionIsRefused()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QSignalSpy errors(&server, &WebSocketServer::serverError);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server, {}, "8");
    const QByteArray answer = client.readToEnd();
    QVERIFY2(answer.startsWith("HTTP/1.1 4"), answer);
    QVERIFY2(answer.toLower().contains("sec-websocket-version: 13"), answer);
    QVERIFY(waitFor([&] { return errors.size() == 1; }));
    QCOMPARE(server.error(), CloseCodeProtocolError);
    QCOMPARE(server.errorString(), QString("Unsupported version requested."));
}

void tst_WebSocketServer::aRequestThatIsNoWebSocketIsNoConnection()
{
    int asked = 0;
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    connect(&server, &WebSocketServer::originAuthenticationRequired, [&] { ++asked; });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState
        && client.bytesToWrite() == 0; }));
    QVERIFY(client.readAll().startsWith("HTTP/1.1 4"));
    QCOMPARE(asked, 0);
}

void tst_WebSocketServer::theRequestCanBeRead()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    server.setSupportedSubprotocols({"bar"});
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server, "Sec-WebSocket-Protocol: foo\r\nSec-WebSocket-Protocol: bar\r\n"
                             "Cookie: a=b\r\n");
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<WebSocket> socket(server.nextPendingConnection());
    QCOMPARE(socket->requestUrl(), QUrl("ws://example.org/chat?room=1"));
    QCOMPARE(socket->resourceName(), QString("ws://example.org/chat?room=1"));
    QCOMPARE(socket->request().rawHeader("Cookie"), QByteArray("a=b"));
    QCOMPARE(socket->request().rawHeader("Sec-WebSocket-Protocol"), QByteArray("foo, bar"));
    QCOMPARE(socket->subprotocol(), QString("bar"));
    QVERIFY(client.waitForResponse("\r\n\r\n"));
    QVERIFY(client.socket.readAll().toLower().contains("sec-websocket-protocol: bar\r\n"));
}

void tst_WebSocketServer::theServerNameIsInTheResponse()
{
    WebSocketServer server("Ticker 1", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient client(server);
    QVERIFY(client.waitForResponse("\r\n\r\n"));
    const QByteArray answer = client.socket.readAll();
    QVERIFY2(answer.startsWith("HTTP/1.1 101 "), answer);
    QVERIFY2(answer.toLower().contains("\r\nserver: ticker 1\r\n"), answer);
}

void tst_WebSocketServer::aSlowHandshakeIsCutOff()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    server.setHandshakeTimeout(50);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    client.write("GET / HTTP/1.1\r\n");
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::ConnectedState; }));
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
}

void tst_WebSocketServer::messagesBeforeTheFetchAreKept()
{
    QStringList texts;
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocket client;
    client.open(server.serverUrl());
    QVERIFY(waitFor([&] { return client.isValid() && server.hasPendingConnections(); }));
    client.sendTextMessage("early");
    client.sendTextMessage("bird");
    client.close();
    QVERIFY(waitFor([&] { return client.bytesToWrite() == 0; }));
    const std::unique_ptr<WebSocket> socket(server.nextPendingConnection());
    connect(socket.get(), &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    QVERIFY(waitFor([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(texts, QStringList({"early", "bird"}));
}

void tst_WebSocketServer::aPausedServerAcceptsLater()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    server.pauseAccepting();
    WebSocket socket;
    socket.open(server.serverUrl());
    // What another connection does meanwhile this one could have done.
    Pair other;
    QVERIFY(other.open());
    QVERIFY(!server.hasPendingConnections());
    server.resumeAccepting();
    QVERIFY(waitFor([&] { return socket.isValid(); }));
}

void tst_WebSocketServer::aDestroyedServerClosesWhatNobodyFetched()
{
    WebSocket client;
    WebSocket pending;
    auto server = std::make_unique<WebSocketServer>("", WebSocketServer::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    client.open(server->serverUrl());
    QVERIFY(waitFor([&] { return server->hasPendingConnections() && client.isValid(); }));
    const std::unique_ptr<WebSocket> peer(server->nextPendingConnection());
    QVERIFY(!peer->parent());
    pending.open(server->serverUrl());
    QVERIFY(waitFor([&] { return server->hasPendingConnections() && pending.isValid(); }));
    server.reset();
    QVERIFY(waitFor([&] { return pending.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(pending.closeCode(), CloseCodeGoingAway);
    QCOMPARE(pending.closeReason(), QString("Server closed."));
    QSignalSpy messages(&client, &WebSocket::textMessageReceived);
    peer->sendTextMessage("still here");
    QVERIFY(waitFor([&] { return messages.size() == 1; }));
}

QTEST_GUILESS_MAIN(tst_WebSocketServer)
#include "tst_websocketserver.moc"
