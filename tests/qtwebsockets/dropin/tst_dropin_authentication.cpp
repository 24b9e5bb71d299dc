// Servers that want a user and a password (Qt 6.6).
#include "rawpeers.h"
#include "support.h"

#include <QtNetwork/QAuthenticator>

namespace {

const QByteArray refusal = "HTTP/1.1 401 Unauthorized\r\n"
                           "WWW-Authenticate: Basic realm=\"birds\"\r\n"
                           "Content-Length: 0\r\n\r\n";

/// Lets in whoever says user:password.
struct Guarded : RawServer
{
    QByteArrayList seen;

    Guarded()
    {
        answers = [this](const QByteArray &asked) {
            const QByteArray given = field(asked, "Authorization");
            seen.append(given);
            const QByteArray right = "Basic " + QByteArray("user:password").toBase64();
            return given == right ? switching() : refusal;
        };
    }
};

} // namespace

class tst_DropInAuthentication : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void credentialsOfTheUrlAreTried();
    void otherwiseTheApplicationIsAsked();
    void wrongCredentialsOfTheUrlAreAskedAbout();
    void unchangedCredentialsAreAnError();
};

void tst_DropInAuthentication::credentialsOfTheUrlAreTried()
{
    QStringList log;
    Guarded server;
    QUrl url = server.url();
    url.setUserInfo("user:password");
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&] { log.append("asked"); });
    socket.open(url);
    QVERIFY2(waitFor([&] { return log.size() >= 3; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "Connected", "connected"}));
}

void tst_DropInAuthentication::otherwiseTheApplicationIsAsked()
{
    QStringList log;
    Guarded server;
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
    Guarded server;
    QUrl url = server.url();
    url.setUserInfo("user:wrong");
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        log.append("asked");
        authenticator->setUser("user");
        authenticator->setPassword("password");
    });
    socket.open(url);
    QVERIFY2(waitFor([&] { return log.size() >= 4; }), qPrintable(log.join('|')));
    QCOMPARE(log, (QStringList{"Connecting", "asked", "Connected", "connected"}));
}

void tst_DropInAuthentication::unchangedCredentialsAreAnError()
{
    QStringList log;
    Guarded server;
    QWebSocket socket;
    follow(&socket, &log);
    connect(&socket, &QWebSocket::authenticationRequired, [&] { log.append("asked"); });
    socket.open(server.url());
    QVERIFY2(waitFor([&] { return log.size() >= 5; }), qPrintable(log.join('|')));
    QCOMPARE(log.size(), 5);
    QCOMPARE(log.mid(0, 2), (QStringList{"Connecting", "asked"}));
    QCOMPARE(log.filter("Unconnected").size(), 1 + log.filter("error 0 in Unconnected").size());
    QCOMPARE(log.filter("error 0").size(), 1);
    QCOMPARE(socket.errorString(),
             QString("QWebSocket::processHandshake: Host requires authentication"));
}

QTEST_GUILESS_MAIN(tst_DropInAuthentication)
#include "tst_dropin_authentication.moc"
