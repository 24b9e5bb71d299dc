// Servers that want to know who asks: the application is asked while the opening
// handshake waits.
#include "support.h"

#include "peers/programs.h"

#include <QtCore/QEventLoop>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtNetwork/QAuthenticator>

namespace {

void answer(QAuthenticator *authenticator, const QString &password = "seed")
{
    authenticator->setUser("bird");
    authenticator->setPassword(password);
}

} // namespace

class tst_Authentication : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void basicAndDigestAreAnswered_data();
    void basicAndDigestAreAnswered();
    void refusedCredentialsAreInTheNextQuestion();
    void theSameAgainIsAnError();
    void whoIsNotAskedGetsTheRefusal();
    void credentialsThatCannotBeSentAreAnError();
    void aRefusalIsNotTriedAgain();
    void theSocketMayMoveWhileItAsks();
    void nobodyIsAskedAboutAnothersConnection();
};

void tst_Authentication::basicAndDigestAreAnswered_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("Basic") << "/basic";
    QTest::newRow("Digest, MD5") << "/digest/MD5";
    QTest::newRow("Digest, SHA-256") << "/digest/SHA-256";
}

void tst_Authentication::basicAndDigestAreAnswered()
{
    QFETCH(QString, path);
    PythonServer server("interop/http_peer.py");
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append("asked for " + authenticator->realm());
        answer(authenticator);
    });
    socket.open(server.url(path));
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"ConnectingState", "asked for seeds and worms", "ConnectedState",
                               "connected"}));
    QVERIFY(!server.asked().contains("authorization"));
    QVERIFY(server.asked().contains("authorization"));
    QVERIFY(server.wasNotAsked());
}

void tst_Authentication::refusedCredentialsAreInTheNextQuestion()
{
    PythonServer server("interop/http_peer.py");
    QStringList log;
    QUrl url = server.url("/digest/MD5");
    url.setUserName("b%C3%A4r", QUrl::TolerantMode);
    url.setPassword("feather");
    WebSocket socket;
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append(authenticator->user() + ':' + authenticator->password());
        answer(authenticator, log.size() == 1 ? "worm" : "seed");
    });
    socket.open(url);
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{QString::fromUtf8("b\xc3\xa4r:feather"), "bird:worm"}));
}

void tst_Authentication::theSameAgainIsAnError()
{
    PythonServer server("interop/http_peer.py");
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append("asked");
        answer(authenticator, "worm");
    });
    socket.open(server.url("/basic"));
    QVERIFY2(waitFor([&] { return log.contains("disconnected"); }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"ConnectingState", "asked", "asked",
                               "errorOccurred 0 in ConnectingState", "error 0",
                               "UnconnectedState", "disconnected"}));
    QCOMPARE(socket.responseStatus(), 401);
    QCOMPARE(socket.closeCode(), CloseCodeAbnormalDisconnection);
    QVERIFY2(socket.errorString().contains("401"), qPrintable(socket.errorString()));
    QCOMPARE(socket.responseBody(), QByteArray("who asks?\n"));
}

void tst_Authentication::whoIsNotAskedGetsTheRefusal()
{
    PythonServer server("interop/http_peer.py");
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    socket.open(server.url("/basic"));
    QVERIFY2(waitFor([&] { return log.contains("disconnected"); }), qPrintable(log.join('|')));
    QCOMPARE(socket.responseStatus(), 401);
    server.asked();
    QVERIFY(server.wasNotAsked());
}

void tst_Authentication::credentialsThatCannotBeSentAreAnError()
{
    PythonServer server("interop/http_peer.py");
    QStringList log;
    WebSocket socket;
    record(&socket, &log);
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        answer(authenticator, "see\r\nd");
    });
    socket.open(server.url("/basic"));
    QVERIFY2(waitFor([&] { return log.contains("disconnected"); }), qPrintable(log.join('|')));
    QCOMPARE(socket.responseStatus(), 401);
}

void tst_Authentication::aRefusalIsNotTriedAgain()
{
    PythonServer server("interop/http_peer.py");
    QStringList log;
    WebSocketReconnect reconnect;
    reconnect.setEnabled(true);
    WebSocket socket;
    socket.setReconnect(reconnect);
    record(&socket, &log);
    connect(&socket, &WebSocket::authenticationRequired, [&] { log.append("asked"); });
    socket.open(server.url("/basic"));
    QVERIFY2(waitFor([&] { return log.contains("disconnected"); }), qPrintable(log.join('|')));
    QVERIFY(!socket.isReconnecting());
}

void tst_Authentication::theSocketMayMoveWhileItAsks()
{
    PythonServer server("interop/http_peer.py");
    QThread thread;
    thread.start();
    std::atomic<bool> isOpen{false};
    std::atomic<QThread *> where{nullptr};
    WebSocket *const socket = new WebSocket;
    connect(socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        answer(authenticator);
        socket->moveToThread(&thread);
    });
    connect(socket, &WebSocket::connected, [&] {
        where = QThread::currentThread();
        isOpen = true;
    });
    socket->open(server.url("/basic"));
    QVERIFY(waitFor([&] { return isOpen.load(); }));
    QCOMPARE(where.load(), &thread);
    QMetaObject::invokeMethod(socket, [socket] { delete socket; }, Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
}

void tst_Authentication::nobodyIsAskedAboutAnothersConnection()
{
    PythonServer server("interop/http_peer.py");
    WebSocket socket;
    int asked = 0;
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        answer(authenticator);
        if (++asked == 1)
            socket.open(server.url("/digest/MD5"));
    });
    socket.open(server.url("/basic"));
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(asked, 2);
    QCOMPARE(socket.requestUrl(), server.url("/digest/MD5"));
}

QTEST_GUILESS_MAIN(tst_Authentication)
#include "tst_authentication.moc"
