// What is wrong with a peer's certificates: it is refused, told, asked about and ignored. What
// slots may do to the object meanwhile is tst_teardown's.
#include "tlspair.h"

#include <QtNetwork/QSslSocket>

namespace {

/// Qt's sockets as a server that keeps what it decrypts.
class RecordingServer : public QTcpServer
{
public:
    QByteArray received;
    QPointer<QSslSocket> socket;
    bool isEncrypted = false;
    bool isOver = false;

    explicit RecordingServer(const QString &name) : m_name(name)
    {
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const { return QUrl(QString("wss://localhost:%1/").arg(serverPort())); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        socket = new QSslSocket(this);
        socket->setSslConfiguration(configuration(m_name));
        connect(socket, &QSslSocket::readyRead, this, [this] { received += socket->readAll(); });
        connect(socket, &QSslSocket::encrypted, this, [this] { isEncrypted = true; });
        connect(socket, &QSslSocket::disconnected, this, [this] { isOver = true; });
        socket->setSocketDescriptor(descriptor);
        socket->startServerEncryption();
    }

private:
    const QString m_name;
};

} // namespace

class tst_TlsErrors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatIsWrongWithTheServer_data();
    void refusesWhatIsWrongWithTheServer();
    void sendsNothingBeforeTheDecision();
    void ignoresAllErrorsFromASlot_data();
    void ignoresAllErrorsFromASlot();
    void ignoresAllErrorsFromBeforeOpen();
    void ignoresExactlyTheListedErrors_data();
    void ignoresExactlyTheListedErrors();
    void aSlotIgnoresForItsHandshakeAlone();
    void pausesOnErrorsUntilResumed_data();
    void pausesOnErrorsUntilResumed();
    void asksOnlyOrNotAtAll_data();
    void asksOnlyOrNotAtAll();
    void tellsAlertsAndWhyAPeerRefuses();
    void interruptsTheHandshakeIfAsked();
};

void tst_TlsErrors::refusesWhatIsWrongWithTheServer_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QSslError::SslError>("code");
    QTest::addColumn<QString>("by");
    for (const char *by : {"engine", "qt"}) {
        QTest::addRow("expired, by %s", by)
            << "expired" << QSslError::CertificateExpired << QString(by);
        QTest::addRow("of another host, by %s", by)
            << "wrong" << QSslError::HostNameMismatch << QString(by);
        QTest::addRow("its own issuer, by %s", by)
            << "self" << QSslError::SelfSignedCertificate << QString(by);
        QTest::addRow("of an unknown issuer, by %s", by)
            << "foreign" << QSslError::UnableToGetLocalIssuerCertificate << QString(by);
    }
}

void tst_TlsErrors::refusesWhatIsWrongWithTheServer()
{
    QFETCH(QString, name);
    QFETCH(QSslError::SslError, code);
    QFETCH(QString, by);
    TlsPair pair(name);
    pair.client->setProperty("wirebirdTls", by);
    QVERIFY(pair.fails());
    QVERIFY2(codes(pair.errors).contains(code), qPrintable(pair.client->errorString()));
    QCOMPARE(pair.errors.first().certificate(), certificate(name));
    pair.log.removeAll("peerVerifyError");
    QCOMPARE(pair.log,
             QStringList({"ConnectingState", "sslErrors",
                          "errorOccurred 13 in ConnectingState", "error 13",
                          "UnconnectedState", "disconnected"}));
    QCOMPARE(pair.client->error(), QAbstractSocket::SslHandshakeFailedError);
    const QString text = pair.client->errorString();
    QVERIFY2(text.contains(pair.errors.first().errorString()), qPrintable(text));
    const QString owner = certificate(name).subjectInfo(QSslCertificate::CommonName).value(0);
    QVERIFY2(text.contains(owner), qPrintable(text));
    QVERIFY(!pair.peer);
}

void tst_TlsErrors::sendsNothingBeforeTheDecision()
{
    for (const char *by : {"engine", "qt"}) {
        RecordingServer server("foreign");
        WebSocket client;
        client.setProperty("wirebirdTls", by);
        client.setSslConfiguration(configuration());
        client.setPauseMode(QAbstractSocket::PauseOnSslErrors);
        int asked = 0;
        connect(&client, &WebSocket::sslErrors, [&] { ++asked; });
        client.open(server.url());
        QVERIFY(waitFor([&] { return asked == 1; }));
        QVERIFY(!server.isEncrypted); // the client's Finished would make it so
        client.resume();
        QVERIFY(waitFor([&] { return server.isOver; }));
        QCOMPARE(server.received, QByteArray());
        QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    }
}

void tst_TlsErrors::ignoresAllErrorsFromASlot_data()
{
    QTest::addColumn<QString>("by");
    QTest::newRow("engine") << "engine";
    QTest::newRow("qt") << "qt";
}

void tst_TlsErrors::ignoresAllErrorsFromASlot()
{
    QFETCH(QString, by);
    TlsPair pair("foreign");
    pair.client->setProperty("wirebirdTls", by);
    connect(pair.client.get(), &WebSocket::sslErrors, pair.client.get(),
            QOverload<>::of(&WebSocket::ignoreSslErrors));
    QVERIFY(pair.opens());
    QVERIFY(pair.echoes());
}

void tst_TlsErrors::ignoresAllErrorsFromBeforeOpen()
{
    TlsPair pair("expired");
    pair.client->ignoreSslErrors();
    QVERIFY(pair.opens());
    QVERIFY(pair.log.contains("sslErrors"));
}

void tst_TlsErrors::ignoresExactlyTheListedErrors_data()
{
    ignoresAllErrorsFromASlot_data();
}

void tst_TlsErrors::ignoresExactlyTheListedErrors()
{
    QFETCH(QString, by);
    TlsPair pair("expired");
    pair.client->setProperty("wirebirdTls", by);
    const QSslError expired(QSslError::CertificateExpired, certificate("expired"));
    pair.client->ignoreSslErrors({QSslError(QSslError::CertificateExpired, certificate("ec"))});
    QVERIFY(pair.fails());
    pair.log.clear();
    pair.client->ignoreSslErrors({QSslError(QSslError::HostNameMismatch, certificate("expired"))});
    QVERIFY(pair.fails());
    pair.client->ignoreSslErrors({expired});
    QVERIFY(pair.opens());
    QVERIFY(pair.echoes());
}

void tst_TlsErrors::aSlotIgnoresForItsHandshakeAlone()
{
    TlsPair pair("foreign");
    const auto once = connect(pair.client.get(), &WebSocket::sslErrors, pair.client.get(),
                              QOverload<>::of(&WebSocket::ignoreSslErrors));
    QVERIFY(pair.opens());
    disconnect(once);
    pair.client->abort();
    pair.log.clear();
    QVERIFY(pair.fails());
}

void tst_TlsErrors::pausesOnErrorsUntilResumed_data()
{
    ignoresAllErrorsFromASlot_data();
}

void tst_TlsErrors::pausesOnErrorsUntilResumed()
{
    QFETCH(QString, by);
    TlsPair pair("foreign");
    pair.client->setProperty("wirebirdTls", by);
    pair.client->setPauseMode(QAbstractSocket::PauseOnSslErrors);
    pair.begin();
    QVERIFY(waitFor([&] { return pair.log.contains("sslErrors"); }));
    QCOMPARE(pair.client->state(), QAbstractSocket::ConnectingState);
    pair.client->ignoreSslErrors(pair.errors);
    pair.client->resume();
    QVERIFY(waitFor([&] { return pair.client->isValid(); }));
}

void tst_TlsErrors::asksOnlyOrNotAtAll_data()
{
    QTest::addColumn<QSslSocket::PeerVerifyMode>("mode");
    QTest::addColumn<QString>("by");
    QTest::addColumn<bool>("isTold");
    for (const char *by : {"engine", "qt"}) {
        QTest::addRow("query, %s", by) << QSslSocket::QueryPeer << QString(by) << true;
        QTest::addRow("none, %s", by) << QSslSocket::VerifyNone << QString(by) << false;
    }
}

void tst_TlsErrors::asksOnlyOrNotAtAll()
{
    QFETCH(QSslSocket::PeerVerifyMode, mode);
    QFETCH(QString, by);
    QFETCH(bool, isTold);
    TlsPair pair("foreign");
    pair.client->setProperty("wirebirdTls", by);
    QSslConfiguration wanted = configuration();
    wanted.setPeerVerifyMode(mode);
    pair.client->setSslConfiguration(wanted);
    QVERIFY(pair.opens());
    QCOMPARE(pair.log.contains("sslErrors"), isTold);
}

void tst_TlsErrors::tellsAlertsAndWhyAPeerRefuses()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    TlsPair pair("foreign");
    QList<QSsl::AlertType> sent;
    QList<QSsl::AlertType> received;
    connect(pair.client.get(), &WebSocket::alertSent,
            [&](QSsl::AlertLevel level, QSsl::AlertType type) {
                QCOMPARE(level, QSsl::AlertLevel::Fatal);
                pair.log.append("alertSent");
                sent.append(type);
            });
    connect(&pair.server, &WebSocketServer::alertReceived,
            [&](QSsl::AlertLevel, QSsl::AlertType type) { received.append(type); });
    QVERIFY(pair.fails());
    QCOMPARE(sent, QList<QSsl::AlertType>({QSsl::AlertType::CertificateUnknown}));
    QVERIFY(pair.log.indexOf("alertSent") < pair.log.indexOf("error 13"));
    QVERIFY(waitFor([&] { return !received.isEmpty(); }));
    QCOMPARE(received.first(), QSsl::AlertType::CertificateUnknown);
    QCOMPARE(pair.server.error(), CloseCodeTlsHandshakeFailed);
    QVERIFY2(pair.server.errorString().contains("certificate"),
             qPrintable(pair.server.errorString()));
#else
    QSKIP("Qt has no names for alerts before version 6");
#endif
}

void tst_TlsErrors::interruptsTheHandshakeIfAsked()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    for (const char *by : {"engine", "qt"}) {
        TlsPair pair("foreign");
        pair.client->setProperty("wirebirdTls", by);
        QSslConfiguration wanted = configuration();
        wanted.setHandshakeMustInterruptOnError(true);
        pair.client->setSslConfiguration(wanted);
        bool goesOn = false;
        connect(pair.client.get(), &WebSocket::handshakeInterruptedOnError, [&](const QSslError &) {
            pair.log.append("interrupted");
            if (goesOn)
                pair.client->continueInterruptedHandshake();
        });
        QVERIFY(pair.fails());
        QVERIFY(pair.log.contains("interrupted"));
        QVERIFY2(!pair.log.contains("sslErrors"), qPrintable(pair.log.join(", ")));
        goesOn = true;
        pair.client->ignoreSslErrors();
        QVERIFY(pair.opens());
        QVERIFY(pair.log.contains("sslErrors"));
    }
#else
    QSKIP("QSslConfiguration::handshakeMustInterruptOnError() is there since Qt 6.0");
#endif
}

QTEST_GUILESS_MAIN(tst_TlsErrors)
#include "tst_tls_errors.moc"
