// TLS by the engine, and by Qt where the engine's can't do what is asked for.
#include "support.h"

#include "../tsan/handover.h"
#include "certificates.h"

#include <QtCore/QProcess>
#include <QtCore/QThread>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslPreSharedKeyAuthenticator>
#include <QtNetwork/QSslSocket>

namespace {

using Certificates::certificate;
using Certificates::configuration;

QList<QSslError::SslError> codes(const QList<QSslError> &errors)
{
    QList<QSslError::SslError> codes;
    for (const QSslError &error : errors)
        codes.append(error.error());
    return codes;
}

/// A server with TLS, a client that trusts our root, and the server's side of it.
struct TlsPair
{
    QStringList log;
    QList<QSslError> errors;
    WebSocketServer server{"test", WebSocketServer::SecureMode};
    std::unique_ptr<WebSocket> client = std::make_unique<WebSocket>();
    QPointer<WebSocket> peer;

    explicit TlsPair(const QString &name = "ec")
    {
        server.setSslConfiguration(configuration(name));
        client->setSslConfiguration(configuration());
        record(client.get(), &log);
        QObject::connect(client.get(), &WebSocket::peerVerifyError,
                         [this] { log.append("peerVerifyError"); });
        QObject::connect(client.get(), &WebSocket::sslErrors,
                         [this](const QList<QSslError> &found) {
                             log.append("sslErrors");
                             errors = found;
                         });
        QObject::connect(&server, &WebSocketServer::newConnection, &server, [this] {
            peer = server.nextPendingConnection();
            peer->setParent(&server);
            QObject::connect(peer, &WebSocket::textMessageReceived, peer,
                             [socket = peer.data()](const QString &text) {
                                 socket->sendTextMessage("echo " + text);
                             });
        });
    }

    bool listen() { return server.isListening() || server.listen(QHostAddress::LocalHost); }
    QUrl url() const { return QUrl(QString("wss://localhost:%1/").arg(server.serverPort())); }
    void begin()
    {
        QVERIFY2(listen(), qPrintable(server.errorString()));
        client->open(url());
    }
    bool opens()
    {
        begin();
        waitFor([this] {
            return (peer && client->isValid())
                || client->state() == QAbstractSocket::UnconnectedState;
        });
        return client->isValid() && waitFor([this] { return !peer.isNull(); });
    }
    bool echoes()
    {
        QString answer;
        const auto connection =
            QObject::connect(client.get(), &WebSocket::textMessageReceived,
                             [&answer](const QString &text) { answer = text; });
        client->sendTextMessage("bird");
        const bool isAnswered = waitFor([&] { return answer == "echo bird"; });
        QObject::disconnect(connection);
        return isAnswered;
    }
    bool fails()
    {
        begin();
        return waitFor([this] { return log.contains("disconnected"); });
    }
};

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

/// A program that is ended by its id.
class Peer
{
public:
    ~Peer() { end(); }
    void end()
    {
        process.kill();
        process.waitForFinished();
    }
    bool start(const QString &program, const QStringList &arguments)
    {
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments);
        return process.waitForStarted();
    }
    bool says(const QByteArray &text)
    {
        return waitFor([&] {
            output += process.readAll();
            return output.contains(text);
        });
    }

    QProcess process;
    QByteArray output;
};

quint16 unusedPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

class tst_Tls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensAndEchoes_data();
    void opensAndEchoes();
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
    void trustsWhatTheDefaultConfigurationTrusts();
    void pinsKeys();
    void namesTheServerOtherwise();
    void resumesSessions();
    void tellsAlertsAndWhyAPeerRefuses();
    void interruptsTheHandshakeIfAsked();
    void mayBeDestroyedMovedAndClosedWhileErrorsAreTold_data();
    void mayBeDestroyedMovedAndClosedWhileErrorsAreTold();
    void listensOnlyWithACertificate();
    void replacesTheCertificateWhileListening();
    void looksAtClientCertificates_data();
    void looksAtClientCertificates();
    void takesQtForWhatTheEngineHasNot();
    void speaksPreSharedKeysByQt();
    void mayBeDestroyedMovedAndClosedInsideQtsTls_data();
    void mayBeDestroyedMovedAndClosedInsideQtsTls();
    void movesWithQtsTls();
    void changesTheTlsOfAServerThatListens();
    void talksToOpenssl_data();
    void talksToOpenssl();
    void talksToPython();
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

void tst_Tls::refusesWhatIsWrongWithTheServer_data()
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

void tst_Tls::refusesWhatIsWrongWithTheServer()
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

void tst_Tls::sendsNothingBeforeTheDecision()
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

void tst_Tls::ignoresAllErrorsFromASlot_data()
{
    QTest::addColumn<QString>("by");
    QTest::newRow("engine") << "engine";
    QTest::newRow("qt") << "qt";
}

void tst_Tls::ignoresAllErrorsFromASlot()
{
    QFETCH(QString, by);
    TlsPair pair("foreign");
    pair.client->setProperty("wirebirdTls", by);
    connect(pair.client.get(), &WebSocket::sslErrors, pair.client.get(),
            QOverload<>::of(&WebSocket::ignoreSslErrors));
    QVERIFY(pair.opens());
    QVERIFY(pair.echoes());
}

void tst_Tls::ignoresAllErrorsFromBeforeOpen()
{
    TlsPair pair("expired");
    pair.client->ignoreSslErrors();
    QVERIFY(pair.opens());
    QVERIFY(pair.log.contains("sslErrors"));
}

void tst_Tls::ignoresExactlyTheListedErrors_data()
{
    ignoresAllErrorsFromASlot_data();
}

void tst_Tls::ignoresExactlyTheListedErrors()
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

void tst_Tls::aSlotIgnoresForItsHandshakeAlone()
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

void tst_Tls::pausesOnErrorsUntilResumed_data()
{
    ignoresAllErrorsFromASlot_data();
}

void tst_Tls::pausesOnErrorsUntilResumed()
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

void tst_Tls::asksOnlyOrNotAtAll_data()
{
    QTest::addColumn<QSslSocket::PeerVerifyMode>("mode");
    QTest::addColumn<QString>("by");
    QTest::addColumn<bool>("isTold");
    for (const char *by : {"engine", "qt"}) {
        QTest::addRow("query, %s", by) << QSslSocket::QueryPeer << QString(by) << true;
        QTest::addRow("none, %s", by) << QSslSocket::VerifyNone << QString(by) << false;
    }
}

void tst_Tls::asksOnlyOrNotAtAll()
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

void tst_Tls::tellsAlertsAndWhyAPeerRefuses()
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

void tst_Tls::interruptsTheHandshakeIfAsked()
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

void tst_Tls::mayBeDestroyedMovedAndClosedWhileErrorsAreTold_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("by");
    for (const char *by : {"engine", "qt"}) {
        for (const char *what : {"destroy", "move", "close", "reopen"})
            QTest::addRow("%s, %s", what, by) << QString(what) << QString(by);
    }
}

void tst_Tls::mayBeDestroyedMovedAndClosedWhileErrorsAreTold()
{
    QFETCH(QString, what);
    QFETCH(QString, by);
    TlsPair pair("foreign");
    QThread thread;
    thread.start();
    QPointer<WebSocket> client = pair.client.get();
    client->setProperty("wirebirdTls", by);
    client->ignoreSslErrors();
    std::atomic<bool> isConnected{false};
    std::atomic<int> asked{0};
    connect(client, &WebSocket::connected, [&] { isConnected = true; });
    connect(client, &WebSocket::peerVerifyError, [&] {
        if (asked++ > 0)
            return;
        if (what == "destroy")
            delete pair.client.release();
        else if (what == "move")
            pair.client->moveToThread(&thread);
        else if (what == "close")
            pair.client->close();
        else
            pair.client->open(pair.url());
    });
    pair.begin();
    if (what == "destroy")
        QVERIFY(waitFor([&] { return client.isNull(); }));
    else if (what == "close")
        QVERIFY(waitFor([&] { return client->state() == QAbstractSocket::UnconnectedState; }));
    else
        QVERIFY(waitFor([&] { return isConnected.load(); }));
    if (what == "move") {
        WebSocket *const moved = pair.client.release();
        callThere(moved, [moved] { delete moved; });
    }
    thread.quit();
    thread.wait();
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

void tst_Tls::takesQtForWhatTheEngineHasNot()
{
    TlsPair pair;
    QSslConfiguration wanted = configuration();
    const QSslCipher cipher(QStringLiteral("ECDHE-ECDSA-AES256-GCM-SHA384"));
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({cipher});
    pair.client->setSslConfiguration(wanted);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
    QCOMPARE(pair.client->sslConfiguration().sessionCipher().name(), cipher.name());
    QVERIFY(pair.echoes());
    pair.client->abort();

    pair.client->setProperty("wirebirdTls", "engine");
    pair.client->open(pair.url());
    QTRY_COMPARE(pair.client->state(), QAbstractSocket::UnconnectedState);
    QVERIFY2(pair.client->errorString().contains("ciphers()"),
             qPrintable(pair.client->errorString()));
}

void tst_Tls::speaksPreSharedKeysByQt()
{
    TlsPair pair;
    const auto answer = [](QSslPreSharedKeyAuthenticator *authenticator) {
        authenticator->setIdentity("bird");
        authenticator->setPreSharedKey("a secret that both know");
    };
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair.client->setSslConfiguration(wanted);
    pair.server.setSslConfiguration(wanted);
    connect(pair.client.get(), &WebSocket::preSharedKeyAuthenticationRequired, answer);
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, answer);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
    QVERIFY(pair.echoes());
    QVERIFY(pair.client->sessionCipherName().startsWith("PSK-"));
}

void tst_Tls::mayBeDestroyedMovedAndClosedInsideQtsTls_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"destroy", "move", "move twice", "close", "reopen"})
        QTest::newRow(what) << QString(what);
}

/// The signal about pre-shared keys comes from inside the QSslSocket.
void tst_Tls::mayBeDestroyedMovedAndClosedInsideQtsTls()
{
    QFETCH(QString, what);
    TlsPair pair;
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair.client->setSslConfiguration(wanted);
    pair.server.setSslConfiguration(wanted);
    QThread thread;
    thread.start();
    QPointer<WebSocket> client = pair.client.get();
    std::atomic<bool> isConnected{false};
    int asked = 0;
    const auto answer = [](QSslPreSharedKeyAuthenticator *authenticator) {
        authenticator->setIdentity("bird");
        authenticator->setPreSharedKey("a secret that both know");
    };
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, answer);
    LoopThread second;
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, [&] {
        if (what == "move twice")
            callThere(client, [&] { client->moveToThread(&second); });
    });
    connect(client, &WebSocket::connected, [&] { isConnected = true; });
    connect(client, &WebSocket::preSharedKeyAuthenticationRequired,
            [&](QSslPreSharedKeyAuthenticator *authenticator) {
                answer(authenticator);
                if (asked++ > 0)
                    return;
                if (what == "destroy")
                    delete pair.client.release();
                else if (what.startsWith("move"))
                    pair.client->moveToThread(&thread);
                else if (what == "close")
                    pair.client->close();
                else
                    pair.client->open(pair.url());
            });
    pair.begin();
    if (what == "destroy")
        QVERIFY(waitFor([&] { return client.isNull(); }));
    else if (what == "close")
        QVERIFY(waitFor([&] { return client->state() == QAbstractSocket::UnconnectedState; }));
    else
        QVERIFY(waitFor([&] { return isConnected.load(); }));
    if (what.startsWith("move")) {
        WebSocket *const moved = pair.client.release();
        callThere(moved, [moved] { delete moved; });
    }
    thread.quit();
    thread.wait();
}

void tst_Tls::movesWithQtsTls()
{
    TlsPair pair;
    pair.client->setProperty("wirebirdTls", "qt");
    auto thread = std::make_unique<QThread>();
    thread->start();
    WebSocket *const client = pair.client.get();
    QVERIFY(pair.listen());
    client->open(pair.url());
    client->moveToThread(thread.get()); // while it connects
    std::atomic<int> answers{0};
    connect(client, &WebSocket::textMessageReceived, client, [&] { ++answers; });
    const auto send = [client] {
        QMetaObject::invokeMethod(client, [client] { client->sendTextMessage("bird"); });
    };
    QVERIFY(waitFor([&] { return !pair.peer.isNull(); }));
    QVERIFY(waitFor([&] {
        bool isValid = false;
        callThere(client, [&] { isValid = client->isValid(); });
        return isValid;
    }));
    send();
    QVERIFY(waitFor([&] { return answers == 1; }));
    callThere(client, [client] { client->moveToThread(qApp->thread()); });
    thread->quit();
    thread->wait();
    thread.reset(); // the connection lives on without it
    send();
    QVERIFY(waitFor([&] { return answers == 2; }));
    client->close();
    QVERIFY(waitFor([&] { return client->state() == QAbstractSocket::UnconnectedState; }));
}

void tst_Tls::changesTheTlsOfAServerThatListens()
{
    TlsPair pair;
    QVERIFY(pair.opens());
    QVERIFY(pair.peer->sslConfiguration().sessionCipher().isNull());
    const quint16 port = pair.server.serverPort();
    for (const char *by : {"qt", "engine", "qt"}) {
        pair.peer = nullptr;
        pair.server.setProperty("wirebirdTls", by);
        pair.server.setSslConfiguration(configuration("rsa"));
        QCOMPARE(pair.server.serverPort(), port);
        QVERIFY(pair.server.isListening());
        WebSocket next;
        next.setSslConfiguration(configuration());
        next.open(pair.url());
        QVERIFY2(waitFor([&] { return next.isValid() && pair.peer; }), by);
        const bool isByEngine = pair.peer->sslConfiguration().sessionCipher().isNull();
        QCOMPARE(isByEngine, QByteArray(by) == "engine");
    }
    pair.server.close();
    QVERIFY(!pair.server.isListening());
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost, port)); // nobody holds the port
}

void tst_Tls::talksToOpenssl_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("version");
    for (const char *name : {"rsa", "ec"}) {
        for (const char *version : {"-tls1_2", "-tls1_3"})
            QTest::addRow("%s %s", name, version) << QString(name) << QString(version);
    }
}

void tst_Tls::talksToOpenssl()
{
    QFETCH(QString, name);
    QFETCH(QString, version);
    // Its client sees our server, which tells it that this is no WebSocket request.
    TlsPair pair(name);
    QVERIFY(pair.listen());
    Peer client;
    QVERIFY(client.start("openssl", {"s_client", version, "-connect",
                                     QString("127.0.0.1:%1").arg(pair.server.serverPort()),
                                     "-CAfile", Certificates::file("root.pem"), "-verify_hostname",
                                     "localhost", "-verify_return_error", "-ign_eof"}));
    client.process.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QVERIFY2(client.says("HTTP/1.1 426"), client.output);
    QVERIFY2(client.output.contains("Verify return code: 0 (ok)"), client.output);

    // Its server gets our request.
    Peer server;
    const QString port = QString::number(unusedPort());
    // Through a pipe it would keep what it prints.
    QVERIFY(server.start("stdbuf", {"-o0", "openssl", "s_server", version, "-accept",
                                    "127.0.0.1:" + port, "-cert",
                                    Certificates::file(name + ".pem"), "-key",
                                    Certificates::file(name + ".key")}));
    QVERIFY2(server.says("ACCEPT"), server.output);
    WebSocket socket;
    socket.setSslConfiguration(configuration());
    socket.open(QUrl("wss://localhost:" + port + "/chat"));
    QVERIFY2(server.says("GET /chat HTTP/1.1"), server.output);
    server.end();
    QVERIFY(waitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }));
}

void tst_Tls::talksToPython()
{
    const QString python = qEnvironmentVariable("WIREBIRD_PYTHON", "python3");
    // Its ssl module as client, to our server; then the other way round.
    TlsPair pair;
    QVERIFY(pair.listen());
    Peer client;
    QVERIFY(client.start(python, {SOURCE_DIR "/peers/tlspeer.py", "client",
                                  QString::number(pair.server.serverPort()), CERTIFICATES}));
    QVERIFY2(client.says("echo bird"), client.output);

    Peer server;
    QVERIFY(server.start(python, {SOURCE_DIR "/peers/tlspeer.py", "server", "0", CERTIFICATES}));
    QVERIFY2(server.says("\n"), server.output);
    WebSocket socket;
    socket.setSslConfiguration(configuration());
    socket.open(QUrl("wss://localhost:" + QString::fromLatin1(server.output.trimmed())));
    QVERIFY2(waitFor([&] { return socket.isValid(); }), qPrintable(socket.errorString()));
    QCOMPARE(socket.sessionProtocol(), QSsl::TlsV1_3);
}

QTEST_GUILESS_MAIN(tst_Tls)
#include "tst_tls.moc"
