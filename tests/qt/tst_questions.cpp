// Slots that answer a question of the opening handshake may take their time, to ask a
// person: it is not counted in the handshake's timeout.
#include "support.h"

#include "certificates.h"
#include "peers/programs.h"

#include <QtCore/QEventLoop>
#include <QtNetwork/QAuthenticator>
#include <QtNetwork/QSslCipher>

namespace {

enum class By { Engine, Qt };

WebSocketLimits shortTimeout()
{
    WebSocketLimits limits;
    limits.setHandshakeTimeout(std::chrono::milliseconds(500));
    return limits;
}

/// Lets more time pass than a handshake may take: one that begins now fails.
void letAHandshakeTimeOut()
{
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    WebSocket other;
    other.setLimits(shortTimeout());
    QEventLoop dialog;
    QObject::connect(&other, &WebSocket::disconnected, &dialog, &QEventLoop::quit);
    other.open(QUrl(QString("ws://127.0.0.1:%1/").arg(silent.serverPort())));
    dialog.exec();
    QCOMPARE(other.error(), QAbstractSocket::SocketTimeoutError);
}

/// What Qt's TLS has and the engine's has not.
QSslConfiguration configuration(By by, const QString &name = {})
{
    QSslConfiguration configuration = Certificates::configuration(name);
    if (by == By::Qt) {
        configuration.setProtocol(QSsl::TlsV1_2);
        configuration.setCiphers({ QSslCipher(QStringLiteral("ECDHE-ECDSA-AES256-GCM-SHA384")) });
    }
    return configuration;
}

/// A server whose certificate is nobody's that is trusted.
std::unique_ptr<WebSocketServer> flawedServer()
{
    auto server = std::make_unique<WebSocketServer>("test", WebSocketServer::SecureMode);
    server->setSslConfiguration(configuration(By::Engine, "self"));
    if (!server->listen(QHostAddress::LocalHost))
        qFatal("%s", qPrintable(server->errorString()));
    return server;
}

} // namespace

class tst_Questions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_isAsked = false; }
    void aPasswordMayBeLookedUp();
    void aCertificateMayBeLookedAt_data();
    void aCertificateMayBeLookedAt();
    void aPausedHandshakeWaits_data();
    void aPausedHandshakeWaits();
    void aServerMayLookAtAClient_data();
    void aServerMayLookAtAClient();

private:
    bool m_isAsked = false;
};

void tst_Questions::aPasswordMayBeLookedUp()
{
    PythonServer server("interop/http_peer.py");
    WebSocket socket;
    socket.setLimits(shortTimeout());
    connect(&socket, &WebSocket::authenticationRequired, [&](QAuthenticator *authenticator) {
        m_isAsked = true;
        letAHandshakeTimeOut();
        authenticator->setUser("bird");
        authenticator->setPassword("seed");
    });
    socket.open(server.url("/basic"));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    QVERIFY(m_isAsked);
}

void tst_Questions::aCertificateMayBeLookedAt_data()
{
    QTest::addColumn<int>("by");
    QTest::newRow("the engine's TLS") << int(By::Engine);
    QTest::newRow("Qt's TLS") << int(By::Qt);
}

void tst_Questions::aCertificateMayBeLookedAt()
{
    QFETCH(int, by);
    const auto server = flawedServer();
    WebSocket socket;
    socket.setLimits(shortTimeout());
    socket.setSslConfiguration(configuration(By(by)));
    connect(&socket, &WebSocket::sslErrors, [&] {
        m_isAsked = true;
        letAHandshakeTimeOut();
        socket.ignoreSslErrors();
    });
    socket.open(server->serverUrl());
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    QVERIFY(m_isAsked);
}

void tst_Questions::aPausedHandshakeWaits_data()
{
    aCertificateMayBeLookedAt_data();
}

void tst_Questions::aPausedHandshakeWaits()
{
    QFETCH(int, by);
    const auto server = flawedServer();
    WebSocket socket;
    socket.setLimits(shortTimeout());
    socket.setPauseMode(QAbstractSocket::PauseOnSslErrors);
    socket.setSslConfiguration(configuration(By(by)));
    connect(&socket, &WebSocket::sslErrors, [&] { m_isAsked = true; });
    socket.open(server->serverUrl());
    QVERIFY2(waitFor([&] { return m_isAsked; }), qPrintable(socket.errorString()));
    letAHandshakeTimeOut();
    QCOMPARE(socket.state(), QAbstractSocket::ConnectingState);
    socket.ignoreSslErrors();
    socket.resume();
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
}

void tst_Questions::aServerMayLookAtAClient_data()
{
    aCertificateMayBeLookedAt_data();
}

void tst_Questions::aServerMayLookAtAClient()
{
    QFETCH(int, by);
    WebSocketServer server("test", WebSocketServer::SecureMode);
    QSslConfiguration wanted = configuration(By(by), "ec");
    wanted.setPeerVerifyMode(QSslSocket::VerifyPeer);
    server.setSslConfiguration(wanted);
    server.setHandshakeTimeout(std::chrono::milliseconds(500));
    connect(&server, &WebSocketServer::sslErrors, [&] {
        m_isAsked = true;
        letAHandshakeTimeOut();
    });
    QVERIFY2(server.listen(QHostAddress::LocalHost), qPrintable(server.errorString()));
    QSslConfiguration shown = Certificates::configuration("stranger");
    WebSocket socket;
    socket.setSslConfiguration(shown);
    socket.open(server.serverUrl());
    // Refused for its certificate and not for the time.
    QVERIFY(waitFor([&] {
        return socket.error() == QAbstractSocket::SslHandshakeFailedError
            || socket.error() == QAbstractSocket::RemoteHostClosedError;
    }));
    QVERIFY(m_isAsked);
}

QTEST_MAIN(tst_Questions)
#include "tst_questions.moc"
