// TLS by the engine, and by Qt: identities, keys, sessions, and what a server shows and asks.
#include "tlspair.h"

#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslSocket>

class tst_Tls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensAndEchoes_data();
    void opensAndEchoes();
    void trustsWhatTheDefaultConfigurationTrusts();
    void pinsKeys();
    void namesTheServerOtherwise();
    void resumesSessions();
    void listensOnlyWithACertificate();
    void replacesTheCertificateWhileListening();
    void looksAtClientCertificates_data();
    void looksAtClientCertificates();
};

void tst_Tls::opensAndEchoes_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QSsl::SslProtocol>("protocol");
    QTest::addColumn<QString>("clients");
    QTest::addColumn<QString>("servers");
    for (const char *name : {"rsa", "ec"}) {
        for (const auto protocol : {QSsl::TlsV1_2, QSsl::TlsV1_3}) {
            for (const char *clients : {"engine", "qt"}) {
                for (const char *servers : {"engine", "qt"})
                    QTest::addRow("%s, 1.%d, client by %s, server by %s", name,
                                  protocol == QSsl::TlsV1_2 ? 2 : 3, clients, servers)
                        << QString(name) << protocol << QString(clients) << QString(servers);
            }
        }
    }
}

void tst_Tls::opensAndEchoes()
{
    QFETCH(QString, name);
    QFETCH(QSsl::SslProtocol, protocol);
    QFETCH(QString, clients);
    QFETCH(QString, servers);
    TlsPair pair(name);
    pair.client->setProperty("wirebirdTls", clients);
    pair.server.setProperty("wirebirdTls", servers);
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(protocol);
    pair.client->setSslConfiguration(wanted);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
    QVERIFY(pair.echoes());
    QCOMPARE(pair.server.serverUrl().scheme(), QString("wss"));
    QCOMPARE(pair.client->sessionProtocol(), protocol);
    QCOMPARE(pair.peer->sessionProtocol(), protocol);
    QVERIFY(!pair.client->sessionCipherName().isEmpty());
    QVERIFY(!pair.peer->sessionCipherName().isEmpty());
    QCOMPARE(pair.client->peerCertificateChain().value(0), certificate(name));
    QCOMPARE(pair.client->sslConfiguration().sessionCipher().isNull(), clients == "engine");
    QCOMPARE(pair.peer->sslConfiguration().sessionCipher().isNull(), servers == "engine");
    QCOMPARE(pair.client->peerAddress(), QHostAddress(QHostAddress::LocalHost));
    QCOMPARE(pair.client->peerPort(), pair.server.serverPort());
    QCOMPARE(pair.client->localPort(), pair.peer->peerPort());
    QVERIFY(pair.errors.isEmpty());

    QByteArray large(3'000'000, 'x');
    QByteArray arrived;
    pair.client->setLimits(largeLimits());
    connect(pair.client.get(), &WebSocket::binaryMessageReceived,
            [&arrived](const QByteArray &message) { arrived = message; });
    pair.peer->sendBinaryMessage(large);
    QVERIFY(waitFor([&] { return arrived == large; }));
    pair.client->close();
    QVERIFY(waitFor([&] { return pair.log.contains("readChannelFinished"); }));
    QCOMPARE(pair.client->closeCode(), CloseCodeNormal);
    QVERIFY(waitFor([&] { return pair.peer->state() == QAbstractSocket::UnconnectedState; }));
}

void tst_Tls::trustsWhatTheDefaultConfigurationTrusts()
{
    const QSslConfiguration before = QSslConfiguration::defaultConfiguration();
    QSslConfiguration changed = before;
    changed.addCaCertificate(certificate("root"));
    TlsPair pair;
    WebSocket client;
    QVERIFY(pair.listen());
    QList<QSslError> errors;
    connect(&client, &WebSocket::sslErrors,
            [&errors](const QList<QSslError> &found) { errors = found; });
    client.open(pair.url());
    QVERIFY(waitFor([&] { return client.error() == QAbstractSocket::SslHandshakeFailedError; }));
    QVERIFY(!errors.isEmpty());
    QSslConfiguration::setDefaultConfiguration(changed);
    client.open(pair.url());
    const bool isOpen = waitFor([&] { return client.isValid(); });
    QSslConfiguration::setDefaultConfiguration(before);
    QVERIFY(isOpen);
}

void tst_Tls::pinsKeys()
{
    TlsPair pair;
    WebSocketTls tls;
    const auto pinOf = [](const QString &name) {
        // The SubjectPublicKeyInfo is what QSslKey exports of a public key.
        return QCryptographicHash::hash(certificate(name).publicKey().toDer(),
                                        QCryptographicHash::Sha256);
    };
    tls.setPinnedKeys({pinOf("rsa")});
    pair.client->setTls(tls);
    QCOMPARE(pair.client->tls(), tls);
    QVERIFY(pair.fails());
    QCOMPARE(codes(pair.errors), QList<QSslError::SslError>({QSslError::CertificateRejected}));
    tls.setPinnedKeys({pinOf("rsa"), pinOf("ec")});
    pair.client->setTls(tls);
    QVERIFY(pair.opens());
    pair.client->abort();
    tls.setPinnedKeys({"short"});
    pair.client->setTls(tls);
    pair.client->open(pair.url());
    QTRY_COMPARE(pair.client->state(), QAbstractSocket::UnconnectedState);
    QVERIFY2(pair.client->errorString().contains("32 bytes"),
             qPrintable(pair.client->errorString()));
}

void tst_Tls::namesTheServerOtherwise()
{
    TlsPair pair("wrong");
    WebSocketTls tls;
    tls.setServerName("example.org");
    pair.client->setTls(tls);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
}

void tst_Tls::resumesSessions()
{
    TlsPair pair;
    QVERIFY(pair.opens());
    QVERIFY(!pair.client->isSessionResumed());
    QVERIFY(pair.echoes()); // the ticket has come
    pair.client->abort();
    QVERIFY(pair.opens());
    QVERIFY(pair.client->isSessionResumed());
    QCOMPARE(pair.client->peerCertificateChain().value(0), certificate("ec"));
    QSslConfiguration wanted = configuration();
    wanted.setSslOption(QSsl::SslOptionDisableSessionTickets, true);
    pair.client->setSslConfiguration(wanted);
    for (int i = 0; i < 2; ++i) {
        pair.client->abort();
        QVERIFY(pair.opens());
        QVERIFY(pair.echoes());
        QVERIFY(!pair.client->isSessionResumed());
    }
}

void tst_Tls::listensOnlyWithACertificate()
{
    WebSocketServer server("test", WebSocketServer::SecureMode);
    QVERIFY(!server.listen(QHostAddress::LocalHost));
    QVERIFY2(server.errorString().contains("certificate"), qPrintable(server.errorString()));
    QCOMPARE(server.error(), CloseCodeTlsHandshakeFailed);
}

void tst_Tls::replacesTheCertificateWhileListening()
{
    for (const char *by : {"engine", "qt"}) {
        TlsPair pair("rsa");
        pair.server.setProperty("wirebirdTls", by);
        QVERIFY(pair.opens());
        const quint16 port = pair.server.serverPort();
        pair.server.setSslConfiguration(configuration("ec"));
        WebSocket next;
        next.setSslConfiguration(configuration());
        next.open(pair.url());
        QVERIFY(waitFor([&] { return next.isValid(); }));
        QCOMPARE(next.peerCertificateChain().value(0), certificate("ec"));
        QCOMPARE(pair.client->peerCertificateChain().value(0), certificate("rsa"));
        QCOMPARE(pair.server.serverPort(), port);
        QVERIFY(pair.client->isValid());
    }
}

void tst_Tls::looksAtClientCertificates_data()
{
    QTest::addColumn<QSslSocket::PeerVerifyMode>("mode");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isAccepted");
    QTest::addColumn<bool>("hasErrors");
    QTest::addColumn<QString>("by");
    for (const char *by : {"engine", "qt"}) {
        const auto row = [by](const char *what, QSslSocket::PeerVerifyMode mode, const char *name,
                              bool isAccepted, bool hasErrors) {
            QTest::addRow("%s, %s", what, by)
                << mode << QString(name) << isAccepted << hasErrors << QString(by);
        };
        row("required and good", QSslSocket::VerifyPeer, "client", true, false);
        row("required and missing", QSslSocket::VerifyPeer, "", false, true);
        row("required and unknown", QSslSocket::VerifyPeer, "stranger", false, true);
        row("asked for and unknown", QSslSocket::QueryPeer, "stranger", true, true);
        row("asked for and missing", QSslSocket::QueryPeer, "", true, false);
    }
}

void tst_Tls::looksAtClientCertificates()
{
    QFETCH(QSslSocket::PeerVerifyMode, mode);
    QFETCH(QString, name);
    QFETCH(bool, isAccepted);
    QFETCH(bool, hasErrors);
    QFETCH(QString, by);
    TlsPair pair;
    pair.server.setProperty("wirebirdTls", by);
    QSslConfiguration asking = configuration("ec");
    asking.setPeerVerifyMode(mode);
    pair.server.setSslConfiguration(asking);
    pair.client->setSslConfiguration(configuration(name));
    int verifyErrors = 0;
    int errors = 0;
    bool isSocketThere = false;
    connect(&pair.server, &WebSocketServer::peerVerifyError, [&] { ++verifyErrors; });
    connect(&pair.server, &WebSocketServer::sslErrors, [&] { ++errors; });
    connect(&pair.server, &WebSocketServer::sslErrorsOccurred,
            [&](QSslSocket *socket) { isSocketThere = socket; });
    pair.begin();
    if (isAccepted) {
        QVERIFY(waitFor([&] { return pair.peer && pair.client->isValid(); }));
        QVERIFY(pair.echoes());
        const QSslCertificate shown = pair.peer->peerCertificateChain().value(0);
        QCOMPARE(shown, name.isEmpty() ? QSslCertificate() : certificate(name));
    } else {
        QVERIFY(waitFor([&] { return pair.client->state() == QAbstractSocket::UnconnectedState; }));
        QVERIFY(waitFor([&] { return pair.server.error() == CloseCodeTlsHandshakeFailed; }));
        QVERIFY(!pair.peer);
    }
    if (hasErrors) {
        QVERIFY(waitFor([&] { return errors == 1 && verifyErrors > 0; }));
        QCOMPARE(isSocketThere, by == "qt");
    } else {
        QCOMPARE(errors, 0);
    }
}

QTEST_GUILESS_MAIN(tst_Tls)
#include "tst_tls.moc"
