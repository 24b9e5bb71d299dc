// Objects that are deleted in a slot of their own.
#include "rawpeers.h"
#include "support.h"

namespace {

/// Deletes `socket` at the first signal of this name; says so.
void deleteAt(const QByteArray &signal, QWebSocket *socket, int *deletions)
{
    const auto end = [=] {
        if (*deletions == 0) {
            ++*deletions;
            delete socket;
        }
    };
    using Socket = QWebSocket;
    if (signal == "stateChanged")
        QObject::connect(socket, &Socket::stateChanged, end);
    else if (signal == "connected")
        QObject::connect(socket, &Socket::connected, end);
    else if (signal == "textFrameReceived")
        QObject::connect(socket, &Socket::textFrameReceived, end);
    else if (signal == "textMessageReceived")
        QObject::connect(socket, &Socket::textMessageReceived, end);
    else if (signal == "binaryFrameReceived")
        QObject::connect(socket, &Socket::binaryFrameReceived, end);
    else if (signal == "binaryMessageReceived")
        QObject::connect(socket, &Socket::binaryMessageReceived, end);
    else if (signal == "bytesWritten")
        QObject::connect(socket, &Socket::bytesWritten, end);
    else if (signal == "pong")
        QObject::connect(socket, &Socket::pong, end);
    else if (signal == "aboutToClose")
        QObject::connect(socket, &Socket::aboutToClose, end);
    else if (signal == "disconnected")
        QObject::connect(socket, &Socket::disconnected, end);
    else if (signal == "readChannelFinished")
        QObject::connect(socket, &Socket::readChannelFinished, end);
    else if (signal == "error")
        QObject::connect(socket, errorSignal, end);
    else if (signal == "errorOccurred")
        QObject::connect(socket, &Socket::errorOccurred, end);
}

void addSignals(std::initializer_list<const char *> names)
{
    QTest::addColumn<QByteArray>("signal");
    for (const char *name : names)
        QTest::newRow(name) << QByteArray(name);
}

} // namespace

class tst_DropInDeletion : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void whileOpening_data();
    void whileOpening();
    void whileReceiving_data();
    void whileReceiving();
    void whileClosing_data();
    void whileClosing();
    void whileThePeerCloses_data();
    void whileThePeerCloses();
    void whileTheConnectionDrops_data();
    void whileTheConnectionDrops();
    void whileOpeningFails_data();
    void whileOpeningFails();
    void aServerInItsOwnSlots_data();
    void aServerInItsOwnSlots();
    void aSocketInNewConnection();
};

void tst_DropInDeletion::whileOpening_data()
{
    addSignals({"stateChanged", "bytesWritten", "connected"});
}

void tst_DropInDeletion::whileOpening()
{
    QFETCH(QByteArray, signal);
    int deletions = 0;
    RawServer server;
    auto *socket = new QWebSocket;
    deleteAt(signal, socket, &deletions);
    socket->open(server.url());
    QVERIFY(waitFor([&] { return deletions == 1; }));
}

void tst_DropInDeletion::whileReceiving_data()
{
    addSignals({"textFrameReceived", "textMessageReceived", "binaryFrameReceived",
                "binaryMessageReceived", "pong", "bytesWritten"});
}

void tst_DropInDeletion::whileReceiving()
{
    QFETCH(QByteArray, signal);
    int deletions = 0;
    RawServer server;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    deleteAt(signal, socket, &deletions);
    socket->ping("payload");
    server.socket->write(plainFrame(0x8A, "payload") + plainFrame(0x01, "te")
                         + plainFrame(0x80, "xt") + plainFrame(0x82, "data")
                         + plainFrame(0x81, "more"));
    QVERIFY(waitFor([&] { return deletions == 1; }));
    QVERIFY(waitFor([&] { return server.isClosed || !server.received.isEmpty(); }));
}

void tst_DropInDeletion::whileClosing_data()
{
    addSignals({"aboutToClose", "stateChanged", "disconnected", "readChannelFinished"});
}

void tst_DropInDeletion::whileClosing()
{
    QFETCH(QByteArray, signal);
    int deletions = 0;
    RawServer server;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    deleteAt(signal, socket, &deletions);
    socket->close();
    QVERIFY(waitFor([&] { return deletions == 1; }));
    QVERIFY(waitFor([&] { return !framesOf(server.received).isEmpty(); }));
}

void tst_DropInDeletion::whileThePeerCloses_data()
{
    whileClosing_data();
}

void tst_DropInDeletion::whileThePeerCloses()
{
    QFETCH(QByteArray, signal);
    int deletions = 0;
    RawServer server;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    deleteAt(signal, socket, &deletions);
    server.socket->write(plainFrame(0x88, closePayload(1000)));
    QVERIFY(waitFor([&] { return deletions == 1; }));
    QVERIFY(waitFor([&] { return !framesOf(server.received).isEmpty(); }));
}

void tst_DropInDeletion::whileTheConnectionDrops_data()
{
    addSignals({"errorOccurred", "error", "stateChanged", "disconnected", "readChannelFinished"});
}

void tst_DropInDeletion::whileTheConnectionDrops()
{
    QFETCH(QByteArray, signal);
    int deletions = 0;
    RawServer server;
    auto *socket = new QWebSocket;
    socket->open(server.url());
    QVERIFY(waitFor([&] { return socket->isValid(); }));
    deleteAt(signal, socket, &deletions);
    server.socket->abort();
    QVERIFY(waitFor([&] { return deletions == 1; }));
}

void tst_DropInDeletion::whileOpeningFails_data()
{
    addSignals({"stateChanged", "disconnected", "errorOccurred", "error"});
}

void tst_DropInDeletion::whileOpeningFails()
{
    QFETCH(QByteArray, signal);
    for (const bool isRefused : {true, false}) {
        int deletions = 0;
        RawServer server;
        server.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        auto *socket = new QWebSocket;
        socket->open(isRefused ? QUrl(QString("ws://127.0.0.1:%1").arg(unusedPort()))
                               : server.url());
        deleteAt(signal, socket, &deletions);
        QVERIFY(waitFor([&] { return deletions == 1; }));
    }
}

void tst_DropInDeletion::aServerInItsOwnSlots_data()
{
    addSignals({"originAuthenticationRequired", "newConnection", "serverError", "closed"});
}

void tst_DropInDeletion::aServerInItsOwnSlots()
{
    QFETCH(QByteArray, signal);
    int deletions = 0;
    auto *server = new QWebSocketServer("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    const quint16 port = server->serverPort();
    const auto end = [&] {
        ++deletions;
        delete server;
    };
    if (signal == "originAuthenticationRequired")
        connect(server, &QWebSocketServer::originAuthenticationRequired, end);
    else if (signal == "newConnection")
        connect(server, &QWebSocketServer::newConnection, end);
    else if (signal == "serverError")
        connect(server, &QWebSocketServer::serverError, end);
    else
        connect(server, &QWebSocketServer::closed, end);
    if (signal == "closed")
        server->close();
    const RawClient raw(port, upgradeRequest({}, signal == "serverError" ? "8" : "13"));
    QVERIFY(waitFor([&] { return deletions == 1; }));
    QVERIFY(waitFor([&] { return raw.isClosed() || !framesOf(raw.frames()).isEmpty(); }));
}

void tst_DropInDeletion::aSocketInNewConnection()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this,
            [&] { delete server.nextPendingConnection(); });
    for (int i = 0; i < 10; ++i) {
        const RawClient raw(server.serverPort());
        QVERIFY(waitFor([&] { return !framesOf(raw.frames()).isEmpty(); }));
        QCOMPARE(described(raw.frames()), QByteArrayList{"88 1001 Connection closed"});
    }
}

QTEST_GUILESS_MAIN(tst_DropInDeletion)
#include "tst_dropin_deletion.moc"
