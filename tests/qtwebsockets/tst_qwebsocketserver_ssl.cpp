// QWebSocketServer in SecureMode: its certificate, and those of its clients.
#include "support.h"

#include "certificates.h"

#include <QtNetwork/QSslCipher>

namespace {

using Certificates::certificate;
using Certificates::configuration;

/// A client of `server` that shows certificate `name`.
struct Client
{
    QStringList log;
    QWebSocket socket;

    explicit Client(const QWebSocketServer &server, const QString &name = {})
    {
        socket.setSslConfiguration(configuration(name));
        follow(&socket, &log);
        socket.open(QUrl(QString("wss://localhost:%1/").arg(server.serverPort())));
    }
    bool isOver()
    {
        return waitFor([this] { return socket.state() == QAbstractSocket::UnconnectedState; });
    }
};

} // namespace

class tst_QWebSocketServer_Ssl : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsConnections();
    void keepsItsConfiguration();
    void ignoresAConfigurationInNonSecureMode();
    void listensWithoutACertificateAndRefusesEverybody();
    void showsANewCertificateToNewClients();
    void setsItsErrorsSignalAfterListening();
    void looksAtClientCertificates_data();
    void looksAtClientCertificates();
    void dropsClientsThatDoNotSpeakTls();
    void dropsSlowHandshakes();
    void pausesAccepting();
    void refusesMoreThanMayBePending();
};

void tst_QWebSocketServer_Ssl::acceptsConnections()
{
    for (const char *name : {"rsa", "ec"}) {
        QWebSocketServer server("test", QWebSocketServer::SecureMode);
        QCOMPARE(server.secureMode(), QWebSocketServer::SecureMode);
        server.setSslConfiguration(configuration(name));
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QCOMPARE(server.serverUrl().scheme(), QString("wss"));
        Client client(server);
        QVERIFY(waitFor([&] { return server.hasPendingConnections() && client.socket.isValid(); }));
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        QCOMPARE(peer->requestUrl().scheme(), QString("wss"));
        peer->sendTextMessage("welcome");
        QVERIFY(waitFor([&] { return client.log.contains("text \"welcome\""); }));
        QCOMPARE(client.socket.sslConfiguration().peerCertificate(), certificate(name));
        peer->close();
        QVERIFY(client.isOver());
    }
}

void tst_QWebSocketServer_Ssl::keepsItsConfiguration()
{
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    QCOMPARE(server.sslConfiguration(), QSslConfiguration::defaultConfiguration());
    server.setSslConfiguration(configuration("ec"));
    QCOMPARE(server.sslConfiguration(), configuration("ec"));
}

void tst_QWebSocketServer_Ssl::ignoresAConfigurationInNonSecureMode()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    server.setSslConfiguration(configuration("ec"));
    QCOMPARE(server.sslConfiguration(), QSslConfiguration::defaultConfiguration());
}

void tst_QWebSocketServer_Ssl::listensWithoutACertificateAndRefusesEverybody()
{
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Client client(server);
    QVERIFY(client.isOver());
    QVERIFY(!client.log.contains("connected"));
    QVERIFY(!server.hasPendingConnections());
}

void tst_QWebSocketServer_Ssl::showsANewCertificateToNewClients()
{
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    server.setSslConfiguration(configuration("rsa"));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    Client first(server);
    QVERIFY(waitFor([&] { return first.socket.isValid(); }));
    server.setSslConfiguration(configuration("ec"));
    Client second(server);
    QVERIFY(waitFor([&] { return second.socket.isValid(); }));
    QCOMPARE(first.socket.sslConfiguration().peerCertificate(), certificate("rsa"));
    QCOMPARE(second.socket.sslConfiguration().peerCertificate(), certificate("ec"));
    QVERIFY(first.socket.isValid());
    QCOMPARE(server.serverPort(), port);
}

void tst_QWebSocketServer_Ssl::setsItsErrorsSignalAfterListening()
{
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    server.setSslConfiguration(configuration("ec"));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    const qintptr descriptor = server.socketDescriptor();
    QVERIFY(descriptor >= 0);
    int errors = 0;
    QObject::connect(&server, &QWebSocketServer::sslErrors, [&] { ++errors; });
    QCOMPARE(server.serverPort(), port);
    QVERIFY(server.isListening());
    Client client(server, "client");
    QVERIFY(waitFor([&] { return server.hasPendingConnections() && client.socket.isValid(); }));
    const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
    QCOMPARE(peer->sslConfiguration().peerCertificate(), certificate("client"));
    QVERIFY(!peer->sslConfiguration().sessionCipher().isNull());
    QCOMPARE(errors, 0);
}

void tst_QWebSocketServer_Ssl::looksAtClientCertificates_data()
{
    QTest::addColumn<QSslSocket::PeerVerifyMode>("mode");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isAccepted");
    QTest::addColumn<bool>("hasErrors");
    QTest::newRow("required and good") << QSslSocket::VerifyPeer << "client" << true << false;
    QTest::newRow("required and unknown") << QSslSocket::VerifyPeer << "stranger" << false << true;
    QTest::newRow("asked for and unknown") << QSslSocket::QueryPeer << "stranger" << true << true;
    QTest::newRow("asked for and missing") << QSslSocket::QueryPeer << "" << true << false;
}

void tst_QWebSocketServer_Ssl::looksAtClientCertificates()
{
    QFETCH(QSslSocket::PeerVerifyMode, mode);
    QFETCH(QString, name);
    QFETCH(bool, isAccepted);
    QFETCH(bool, hasErrors);
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    QSslConfiguration asking = configuration("ec");
    asking.setPeerVerifyMode(mode);
    server.setSslConfiguration(asking);
    int errors = 0;
    QObject::connect(&server, &QWebSocketServer::sslErrors, [&] { ++errors; });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Client client(server, name);
    if (isAccepted) {
        QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        QCOMPARE(peer->sslConfiguration().peerCertificate(),
                 name.isEmpty() ? QSslCertificate() : certificate(name));
    } else {
        QVERIFY(client.isOver());
        QVERIFY(!server.hasPendingConnections());
    }
    QVERIFY(waitFor([&] { return (errors > 0) == hasErrors; }));
}

void tst_QWebSocketServer_Ssl::dropsClientsThatDoNotSpeakTls()
{
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    server.setSslConfiguration(configuration("ec"));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n");
    QVERIFY(waitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY(!server.hasPendingConnections());
}

void tst_QWebSocketServer_Ssl::dropsSlowHandshakes()
{
    for (const char *by : {"engine", "qt"}) {
        QWebSocketServer server("test", QWebSocketServer::SecureMode);
        server.setProperty("wirebirdTls", by); // nothing to Qt WebSockets
        server.setSslConfiguration(configuration("ec"));
        server.setHandshakeTimeout(100);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QTcpSocket silent;
        silent.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QSslSocket encrypted; // and says nothing
        encrypted.setSslConfiguration(configuration());
        encrypted.connectToHostEncrypted("localhost", server.serverPort());
        for (QTcpSocket *socket : {&silent, static_cast<QTcpSocket *>(&encrypted)})
            QVERIFY(waitFor([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    }
}

void tst_QWebSocketServer_Ssl::pausesAccepting()
{
    for (const char *by : {"engine", "qt"}) {
        QWebSocketServer server("test", QWebSocketServer::SecureMode);
        server.setProperty("wirebirdTls", by);
        server.setSslConfiguration(configuration("ec"));
        QVERIFY(server.listen(QHostAddress::LocalHost));
        server.pauseAccepting();
        Client client(server);
        QVERIFY(!waitFor([&] { return client.socket.isValid(); }, 300));
        server.resumeAccepting();
        QVERIFY(waitFor([&] { return client.socket.isValid(); }));
    }
}

void tst_QWebSocketServer_Ssl::refusesMoreThanMayBePending()
{
    for (const char *by : {"engine", "qt"}) {
        QWebSocketServer server("test", QWebSocketServer::SecureMode);
        server.setProperty("wirebirdTls", by);
        server.setSslConfiguration(configuration("ec"));
        server.setMaxPendingConnections(1);
        QStringList log;
        follow(&server, &log);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Client first(server);
        QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
        Client second(server);
        QVERIFY(waitFor([&] { return !log.filter("serverError 1006").isEmpty(); }));
        QVERIFY(second.isOver());
    }
}

QTEST_GUILESS_MAIN(tst_QWebSocketServer_Ssl)
#include "tst_qwebsocketserver_ssl.moc"
