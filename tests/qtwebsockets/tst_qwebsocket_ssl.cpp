// QWebSocket over TLS: what is trusted, which errors are told, and who decides.
#include "support.h"

#include "certificates.h"

#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslPreSharedKeyAuthenticator>

namespace {

using Certificates::certificate;
using Certificates::configuration;

/// A server that shows certificate `name`, and a client that trusts our root.
struct SecurePair
{
    QStringList log;
    QList<QSslError> errors;
    QWebSocketServer server{"test", QWebSocketServer::SecureMode};
    QWebSocket client;
    std::unique_ptr<QWebSocket> peer;

    explicit SecurePair(const QString &name = "ec")
    {
        server.setSslConfiguration(configuration(name));
        client.setSslConfiguration(configuration());
        follow(&client, &log);
        QObject::connect(&client, &QWebSocket::sslErrors, [this](const QList<QSslError> &found) {
            log.append("sslErrors in " + nameOf(client.state()));
            errors = found;
        });
        QObject::connect(&server, &QWebSocketServer::newConnection, &client, [this] {
            peer.reset(server.nextPendingConnection());
            QObject::connect(peer.get(), &QWebSocket::textMessageReceived, peer.get(),
                             &QWebSocket::sendTextMessage);
        });
    }

    void begin()
    {
        if (!server.isListening())
            server.listen(QHostAddress::LocalHost);
        client.open(QUrl(QString("wss://localhost:%1/").arg(server.serverPort())));
    }
    bool opens()
    {
        begin();
        return waitFor([this] { return peer && peer->isValid() && client.isValid(); });
    }
    bool fails()
    {
        begin();
        return waitFor([this] { return client.state() == QAbstractSocket::UnconnectedState; });
    }
    bool echoes()
    {
        client.sendTextMessage("bird");
        return waitFor([this] { return log.contains("text \"bird\""); });
    }
};

} // namespace

class tst_QWebSocket_Ssl : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void opensAndEchoes_data();
    void opensAndEchoes();
    void toldErrorsEndTheHandshake_data();
    void toldErrorsEndTheHandshake();
    void errorsMayBeIgnoredInASlot();
    void errorsMayBeIgnoredBeforeOpen();
    void listedErrorsAreIgnored();
    void otherErrorsThanTheListedAreNot();
    void theSessionIsKnownInASlot();
    void errorsPauseTheHandshake();
    void nothingIsAskedIfNothingIsVerified();
    void theDefaultConfigurationIsTrusted();
    void preSharedKeysAreAskedFor();
    void alertsAreTold();
    void theHandshakeIsInterruptedIfAsked();
    void aPlainServerIsNoTlsServer();
};

void tst_QWebSocket_Ssl::opensAndEchoes_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QSsl::SslProtocol>("protocol");
    QTest::newRow("RSA, 1.2") << "rsa" << QSsl::TlsV1_2;
    QTest::newRow("RSA, 1.3") << "rsa" << QSsl::TlsV1_3;
    QTest::newRow("EC, 1.2") << "ec" << QSsl::TlsV1_2;
    QTest::newRow("EC, 1.3") << "ec" << QSsl::TlsV1_3;
}

void tst_QWebSocket_Ssl::opensAndEchoes()
{
    QFETCH(QString, name);
    QFETCH(QSsl::SslProtocol, protocol);
    SecurePair pair(name);
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(protocol);
    pair.client.setSslConfiguration(wanted);
    QVERIFY2(pair.opens(), qPrintable(pair.client.errorString()));
    QVERIFY(pair.echoes());
    const QSslConfiguration found = pair.client.sslConfiguration();
    QCOMPARE(found.sessionProtocol(), protocol);
    QVERIFY(!found.sessionCipher().isNull());
    QCOMPARE(found.peerCertificate(), certificate(name));
    QVERIFY(found.peerCertificateChain().contains(certificate(name)));
    QVERIFY(pair.errors.isEmpty());
}

void tst_QWebSocket_Ssl::toldErrorsEndTheHandshake_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QSslError::SslError>("code");
    QTest::newRow("expired") << "expired" << QSslError::CertificateExpired;
    QTest::newRow("of another host") << "wrong" << QSslError::HostNameMismatch;
    QTest::newRow("its own issuer") << "self" << QSslError::SelfSignedCertificate;
    QTest::newRow("of an unknown issuer")
        << "foreign" << QSslError::UnableToGetLocalIssuerCertificate;
}

void tst_QWebSocket_Ssl::toldErrorsEndTheHandshake()
{
    QFETCH(QString, name);
    QFETCH(QSslError::SslError, code);
    SecurePair pair(name);
    int verifyErrors = 0;
#if WEBSOCKETS_SINCE(6, 2)
    QObject::connect(&pair.client, &QWebSocket::peerVerifyError, [&] { ++verifyErrors; });
#else
    verifyErrors = -1;
#endif
    QVERIFY(pair.fails());
    const auto isIt = [code](const QSslError &error) { return error.error() == code; };
    QVERIFY(std::any_of(pair.errors.begin(), pair.errors.end(), isIt));
    QCOMPARE(pair.errors.first().certificate(), certificate(name));
    QVERIFY(verifyErrors < 0 || verifyErrors == pair.errors.size());
    QCOMPARE(pair.log,
             QStringList({"Connecting", "sslErrors in Connecting", "error 13 in Connecting",
                          "Unconnected", "disconnected 1000 \"\"", "readChannelFinished"}));
    QVERIFY2(pair.client.errorString().startsWith(pair.errors.first().errorString()),
             qPrintable(pair.client.errorString()));
    QVERIFY(!pair.peer);
}

void tst_QWebSocket_Ssl::errorsMayBeIgnoredInASlot()
{
    SecurePair pair("self");
    QObject::connect(&pair.client, &QWebSocket::sslErrors, &pair.client,
                     QOverload<>::of(&QWebSocket::ignoreSslErrors));
    QVERIFY(pair.opens());
    QVERIFY(pair.echoes());
    QCOMPARE(pair.log.value(1), QString("sslErrors in Connecting"));
}

void tst_QWebSocket_Ssl::errorsMayBeIgnoredBeforeOpen()
{
    if (!isDropIn)
        QSKIP("Qt WebSockets forgets it");
    SecurePair pair("expired");
    pair.client.ignoreSslErrors();
    QVERIFY(pair.opens());
    QVERIFY(pair.echoes());
    QVERIFY(!pair.errors.isEmpty()); // told in any case
}

void tst_QWebSocket_Ssl::listedErrorsAreIgnored()
{
    SecurePair pair("expired");
    pair.client.ignoreSslErrors(
        {QSslError(QSslError::CertificateExpired, certificate("expired"))});
    QVERIFY(pair.opens());
    QVERIFY(pair.echoes());
}

void tst_QWebSocket_Ssl::otherErrorsThanTheListedAreNot()
{
    SecurePair pair("expired");
    pair.client.ignoreSslErrors({QSslError(QSslError::CertificateExpired, certificate("ec")),
                                 QSslError(QSslError::HostNameMismatch, certificate("expired"))});
    QVERIFY(pair.fails());
}

void tst_QWebSocket_Ssl::theSessionIsKnownInASlot()
{
    SecurePair pair("self");
    bool isKnown = false;
    QObject::connect(&pair.client, &QWebSocket::sslErrors, [&] {
        isKnown = !pair.client.sslConfiguration().sessionCipher().isNull();
        pair.client.ignoreSslErrors(pair.errors);
    });
    QVERIFY(pair.opens());
    QVERIFY(isKnown);
}

void tst_QWebSocket_Ssl::errorsPauseTheHandshake()
{
    SecurePair pair("self");
    pair.client.setPauseMode(QAbstractSocket::PauseOnSslErrors);
    pair.begin();
    QVERIFY(waitFor([&] { return !pair.errors.isEmpty(); }));
    QCOMPARE(pair.client.state(), QAbstractSocket::ConnectingState);
    pair.client.ignoreSslErrors();
    pair.client.resume();
    QVERIFY(waitFor([&] { return pair.client.isValid(); }));
}

void tst_QWebSocket_Ssl::nothingIsAskedIfNothingIsVerified()
{
    SecurePair pair("foreign");
    QSslConfiguration wanted = configuration();
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair.client.setSslConfiguration(wanted);
    QVERIFY(pair.opens());
    QVERIFY(pair.errors.isEmpty());
}

void tst_QWebSocket_Ssl::theDefaultConfigurationIsTrusted()
{
    const QSslConfiguration before = QSslConfiguration::defaultConfiguration();
    QSslConfiguration changed = before;
    changed.addCaCertificate(certificate("root"));
    QSslConfiguration::setDefaultConfiguration(changed);
    QWebSocketServer server("test", QWebSocketServer::SecureMode);
    server.setSslConfiguration(configuration("ec"));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QWebSocket client;
    client.open(QUrl(QString("wss://localhost:%1").arg(server.serverPort())));
    const bool isOpen = waitFor([&] { return client.isValid(); });
    QSslConfiguration::setDefaultConfiguration(before);
    QVERIFY2(isOpen, qPrintable(client.errorString()));
}

void tst_QWebSocket_Ssl::preSharedKeysAreAskedFor()
{
    SecurePair pair;
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair.client.setSslConfiguration(wanted);
    pair.server.setSslConfiguration(wanted);
    const auto answer = [](QSslPreSharedKeyAuthenticator *authenticator) {
        authenticator->setIdentity("bird");
        authenticator->setPreSharedKey("a secret that both know");
    };
    QObject::connect(&pair.client, &QWebSocket::preSharedKeyAuthenticationRequired, answer);
    QObject::connect(&pair.server, &QWebSocketServer::preSharedKeyAuthenticationRequired, answer);
    QVERIFY2(pair.opens(), qPrintable(pair.client.errorString()));
    QVERIFY(pair.echoes());
}

void tst_QWebSocket_Ssl::alertsAreTold()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    SecurePair pair("foreign");
    QList<int> received;
    QObject::connect(&pair.server, &QWebSocketServer::alertReceived,
                     [&](QSsl::AlertLevel, QSsl::AlertType type) { received.append(int(type)); });
    QSslConfiguration wanted = configuration();
    wanted.setHandshakeMustInterruptOnError(true); // an alert is sent then
    pair.client.setSslConfiguration(wanted);
    QList<int> sent;
    QObject::connect(&pair.client, &QWebSocket::alertSent,
                     [&](QSsl::AlertLevel, QSsl::AlertType type) { sent.append(int(type)); });
    QVERIFY(pair.fails());
    QVERIFY(waitFor([&] { return !sent.isEmpty() && !received.isEmpty(); }));
    QCOMPARE(received.first(), sent.first());
#else
    QSKIP("Qt has no names for alerts before version 6");
#endif
}

void tst_QWebSocket_Ssl::theHandshakeIsInterruptedIfAsked()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    SecurePair pair("self");
    QSslConfiguration wanted = configuration();
    wanted.setHandshakeMustInterruptOnError(true);
    pair.client.setSslConfiguration(wanted);
    QObject::connect(&pair.client, &QWebSocket::handshakeInterruptedOnError, &pair.client, [&] {
        pair.log.append("interrupted");
        pair.client.continueInterruptedHandshake();
    });
    QObject::connect(&pair.client, &QWebSocket::sslErrors, &pair.client,
                     QOverload<>::of(&QWebSocket::ignoreSslErrors));
    QVERIFY(pair.opens());
    QVERIFY(pair.log.indexOf("interrupted") > 0);
    QVERIFY(pair.log.indexOf("interrupted") < pair.log.indexOf("sslErrors in Connecting"));
#else
    QSKIP("QSslConfiguration::handshakeMustInterruptOnError() is there since Qt 6.0");
#endif
}

void tst_QWebSocket_Ssl::aPlainServerIsNoTlsServer()
{
    if (!isDropIn)
        QSKIP("Qt WebSockets' server does not answer what is no HTTP");
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QStringList log;
    QWebSocket client;
    follow(&client, &log);
    client.open(QUrl(QString("wss://localhost:%1").arg(server.serverPort())));
    QVERIFY(waitFor([&] { return log.contains("Unconnected"); }));
    QVERIFY(!log.filter("error").isEmpty());
    QVERIFY(!log.contains("connected"));
}

QTEST_GUILESS_MAIN(tst_QWebSocket_Ssl)
#include "tst_qwebsocket_ssl.moc"
