// Servers that want a user and a password (Qt 6.6): by Basic and Digest, on the same
// connection or another.
#include "rawpeers.h"
#include "support.h"

#include "../qt/peers/programs.h"

#include <QtNetwork/QAuthenticator>

namespace {

const QByteArray refusal = "HTTP/1.1 401 Unauthorized\r\n"
                           "WWW-Authenticate: Basic realm=\"birds\"\r\n"
                           "Content-Length: 0\r\n";

/// Lets in whoever says user:password.
struct Guarded : RawServer
{
    QByteArrayList seen;

    explicit Guarded(bool keepsAlive)
    {
        answers = [this, keepsAlive](const QByteArray &asked) {
            const QByteArray given = field(asked, "Authorization");
            seen.append(given);
            const QByteArray right = "Basic " + QByteArray("user:password").toBase64();
            if (given == right)
                return switching();
            return refusal + (keepsAlive ? "\r\n" : "Connection: close\r\n\r\n");
        };
    }
};

} // namespace

class tst_DropInAuthentication : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void credentialsOfTheUrlAreTried_data();
    void credentialsOfTheUrlAreTried();
    void otherwiseTheApplicationIsAsked_data();
    void otherwiseTheApplicationIsAsked();
    void wrongCredentialsOfTheUrlAreAskedAbout();
    void digestIsAnswered_data();
    void digestIsAnswered();
    void unchangedCredentialsAreAnError_data();
    void unchangedCredentialsAreAnError();
    void nobodyToAskIsTheSameError();
    void aChallengeThatNobodyCanAnswerIsARefusal();
    void theHandshakeWaitsForASlot();
    void slotsMayCloseOrDelete();
};

void tst_DropInAuthentication::credentialsOfTheUrlAreTried_data()
{
    QTest::addColumn<bool>("keepsAlive");
    QTest::newRow("same connection") << true;
    QTest::newRow("another connection") << false;
}

void tst_DropInAuthentication::credentialsOfTheUrlAreTried()
{
    QFETCH(bool, keepsAlive);
    QStringList log;
    Guarded server(keepsAlive);
    QUrl url = server.url();
    url.setUserInfo("user:password");
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&] { log.append("asked"); });
    socket.open(url);
    QVERIFY2(waitFor([&] { return log.size() >= 3; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "Connected", "connected"}));
    QCOMPARE(server.seen.size(), 2);
    QCOMPARE(server.seen.first(), QByteArray());
    QCOMPARE(server.connections, keepsAlive ? 1 : 2);
}

void tst_DropInAuthentication::otherwiseTheApplicationIsAsked_data()
{
    credentialsOfTheUrlAreTried_data();
}

void tst_DropInAuthentication::otherwiseTheApplicationIsAsked()
{
    QFETCH(bool, keepsAlive);
    QStringList log;
    Guarded server(keepsAlive);
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append("asked for " + authenticator->realm());
        authenticator->setUser("user");
        authenticator->setPassword("password");
    });
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "asked for birds", "Connected", "connected"}));
}

void tst_DropInAuthentication::wrongCredentialsOfTheUrlAreAskedAbout()
{
    QStringList log;
    Guarded server(true);
    QUrl url = server.url();
    url.setUserInfo("user:wrong");
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append("asked after " + authenticator->user() + ':' + authenticator->password());
        authenticator->setUser("user");
        authenticator->setPassword("password");
    });
    socket.open(url);
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "asked after user:wrong", "Connected", "connected"}));
}

void tst_DropInAuthentication::digestIsAnswered_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("MD5") << "/digest/MD5?a=b";
    QTest::newRow("SHA-256") << "/digest/SHA-256";
    QTest::newRow("a nonce that is too old") << "/stale";
    QTest::newRow("Basic") << "/basic";
}

void tst_DropInAuthentication::digestIsAnswered()
{
    QFETCH(QString, path);
    PythonServer server("interop/http_peer.py");
    {
        QStringList log;
        QWebSocket socket;
        follow(&socket, &log);
        connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
            log.append("asked for " + authenticator->realm());
            authenticator->setUser("bird");
            authenticator->setPassword("seed");
        });
        socket.open(server.url(path));
        QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
        QCOMPARE(log, (QStringList{"Connecting", "asked for seeds and worms", "Connected",
                                   "connected"}));
    }
    QUrl url = server.url(path);
    url.setUserName("bird");
    url.setPassword("seed");
    QWebSocket socket;
    connect(&socket, &QWebSocket::authenticationRequired,
            [&] { QFAIL("the URL has the credentials"); });
    socket.open(url);
    QVERIFY(waitFor([&] { return socket.isValid(); }));
}

void tst_DropInAuthentication::unchangedCredentialsAreAnError_data()
{
    QTest::addColumn<QString>("userInfo");
    QTest::newRow("none") << "";
    QTest::newRow("those of the URL") << "user:wrong";
}

void tst_DropInAuthentication::unchangedCredentialsAreAnError()
{
    QFETCH(QString, userInfo);
    QStringList log;
    Guarded server(true);
    QUrl url = server.url();
    url.setUserInfo(userInfo);
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&] { log.append("asked"); });
    socket.open(url);
    QVERIFY2(waitFor([&] { return log.size() >= 5; }), qPrintable(log.join('|')));
    QCOMPARE(log.size(), 5);
    QCOMPARE(log.mid(0, 2), (QStringList{"Connecting", "asked"}));
    QCOMPARE(log.filter("Unconnected").size(), 1 + log.filter("error 0 in Unconnected").size());
    QCOMPARE(log.filter("error 0").size(), 1);
    QCOMPARE(socket.errorString(),
             QString("QWebSocket::processHandshake: Host requires authentication"));
}

void tst_DropInAuthentication::nobodyToAskIsTheSameError()
{
    QStringList log;
    Guarded server(true);
    QWebSocket socket;
    follow(&socket, &log);
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log.filter("error 0").size(), 1);
    QCOMPARE(socket.errorString(),
             QString("QWebSocket::processHandshake: Host requires authentication"));
    QCOMPARE(server.seen, QByteArrayList{QByteArray()});
}

void tst_DropInAuthentication::aChallengeThatNobodyCanAnswerIsARefusal()
{
    RawServer server;
    server.answer = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n"
                    "Content-Length: 0\r\n\r\n";
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&] { log.append("asked"); });
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QVERIFY2(!log.contains("asked"), qPrintable(log.join('|')));
    QVERIFY2(socket.errorString().contains("401"), qPrintable(socket.errorString()));
}

/// As a dialog would.
void tst_DropInAuthentication::theHandshakeWaitsForASlot()
{
    QStringList log;
    Guarded server(true);
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        QEventLoop dialog;
        QTimer::singleShot(50, &dialog, &QEventLoop::quit);
        dialog.exec();
        authenticator->setUser("user");
        authenticator->setPassword("password");
        log.append("answered");
    });
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "answered", "Connected", "connected"}));
}

void tst_DropInAuthentication::slotsMayCloseOrDelete()
{
    Guarded server(true);
    const auto answer = [](QAuthenticator *authenticator) {
        authenticator->setUser("user");
        authenticator->setPassword("password");
    };
    {
        QStringList log;
        QWebSocket socket;
        follow(&socket, &log);
        connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
            answer(authenticator);
            socket.abort();
        });
        socket.open(server.url());
        QVERIFY2(waitFor([&] { return log.contains("Unconnected"); }), qPrintable(log.join('|')));
        QVERIFY(waitFor([&] { return server.isClosed; }));
        QCOMPARE(log.filter("Connected").size(), 0);
    }
    {
        QPointer<QWebSocket> socket = new QWebSocket;
        connect(socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
            answer(authenticator);
            delete socket;
        });
        socket->open(server.url());
        QVERIFY(waitFor([&] { return !socket; }));
        QVERIFY(waitFor([&] { return server.isClosed; }));
    }
    {
        QStringList log;
        RawServer other;
        QWebSocket socket;
        follow(&socket, &log);
        connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
            answer(authenticator);
            socket.open(other.url());
        });
        socket.open(server.url());
        QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(log.join('|')));
        QCOMPARE(socket.requestUrl(), other.url());
        QVERIFY2(!other.request.contains("Authorization"), other.request);
    }
}

QTEST_GUILESS_MAIN(tst_DropInAuthentication)
#include "tst_dropin_authentication.moc"
