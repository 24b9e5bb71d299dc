// The interface of Qt versions newer than the one below, and what is there but does not work yet.
#include "rawpeers.h"
#include "support.h"

#include <QtWebSockets/QWebSocketHandshakeOptions>

#include <QtNetwork/QAuthenticator>
#include <QtNetwork/QSslError>

class tst_DropInInterface : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void errorOccurredComesBeforeError();
    void newerSignalsCanBeConnected();
    void anOutgoingFrameSizeOf0IsRefused();
    void allOverloadsOfOpen();
};

void tst_DropInInterface::errorOccurredComesBeforeError()
{
    QStringList log;
    QWebSocket socket;
    connect(&socket, errorSignal, [&] { log.append("error"); });
    connect(&socket, &QWebSocket::errorOccurred, [&](QAbstractSocket::SocketError error) {
        log.append(QString("errorOccurred %1").arg(error));
    });
    socket.open(QUrl("http://127.0.0.1/"));
    QCOMPARE(log, (QStringList{"errorOccurred 10", "error"}));
}

void tst_DropInInterface::newerSignalsCanBeConnected()
{
    QWebSocket socket;
    QVERIFY(connect(&socket, &QWebSocket::authenticationRequired, [](QAuthenticator *) {}));
    QVERIFY(connect(&socket, &QWebSocket::handshakeInterruptedOnError, [](const QSslError &) {}));
    QVERIFY(connect(&socket, &QWebSocket::peerVerifyError, [](const QSslError &) {}));
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(connect(&server, &QWebSocketServer::sslErrorsOccurred,
                    [](QSslSocket *, const QList<QSslError> &) {}));
}

void tst_DropInInterface::anOutgoingFrameSizeOf0IsRefused()
{
    QStringList log;
    RawServer server;
    QWebSocket socket;
    socket.setOutgoingFrameSize(0);
    QCOMPARE(socket.outgoingFrameSize(), quint64(524288));
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(socket.sendTextMessage("whole"), qint64(5));
    QVERIFY(waitFor([&] { return !framesOf(server.received).isEmpty(); }));
    QCOMPARE(described(server.received), QByteArrayList{"81 whole"});
}

void tst_DropInInterface::allOverloadsOfOpen()
{
    RawServer server;
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({"chat"});
    server.answer = RawServer::switching("Sec-WebSocket-Protocol: chat\r\n");
    QWebSocket socket;
    socket.open(server.url(), options);
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    socket.open(QNetworkRequest(server.url()), options);
    QVERIFY(waitFor([&] { return server.connections == 2 && socket.isValid(); }));
    QCOMPARE(socket.subprotocol(), QString("chat"));
}

QTEST_GUILESS_MAIN(tst_DropInInterface)
#include "tst_dropin_interface.moc"
