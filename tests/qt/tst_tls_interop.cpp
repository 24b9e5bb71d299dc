// TLS with other programs' TLS.
#include "tlspair.h"

#include <QtCore/QProcess>
#include <QtNetwork/QSslSocket>

namespace {

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

class tst_TlsInterop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void talksToOpenssl_data();
    void talksToOpenssl();
    void talksToPython();
};

void tst_TlsInterop::talksToOpenssl_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("version");
    for (const char *name : {"rsa", "ec"}) {
        for (const char *version : {"-tls1_2", "-tls1_3"})
            QTest::addRow("%s %s", name, version) << QString(name) << QString(version);
    }
}

void tst_TlsInterop::talksToOpenssl()
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

void tst_TlsInterop::talksToPython()
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

QTEST_GUILESS_MAIN(tst_TlsInterop)
#include "tst_tls_interop.moc"
