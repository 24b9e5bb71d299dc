// Compression in programs that know nothing of it: asked for by a dynamic property, or by the
// environment of a process.
#include "rawpeers.h"
#include "support.h"

#include <QtCore/QProcess>

namespace {

const QByteArray extensionField = "Sec-WebSocket-Extensions";
const QByteArray offer = extensionField + ": permessage-deflate\r\n";

/// What a program that is started as a peer does: `open URL`, or `listen`, which writes its URL.
int runProgram(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    QWebSocket socket;
    QWebSocketServer server("", QWebSocketServer::NonSecureMode);
    if (arguments.at(1) == "open") {
        QObject::connect(&socket, &QWebSocket::disconnected, &app, &QCoreApplication::quit);
        socket.open(QUrl(arguments.at(2)));
    } else {
        QObject::connect(&server, &QWebSocketServer::newConnection, &app, [&] {
            QWebSocket *const peer = server.nextPendingConnection();
            QObject::connect(peer, &QWebSocket::disconnected, &app, &QCoreApplication::quit);
        });
        if (!server.listen(QHostAddress::LocalHost))
            return 1;
        QTextStream(stdout) << server.serverPort() << Qt::endl;
    }
    QTimer::singleShot(60000, &app, [] { QCoreApplication::exit(2); }); // the test is gone
    return app.exec();
}

/// This program as a peer, with WIREBIRD_COMPRESSION=`value`.
class Program : public QProcess
{
public:
    Program(const QByteArray &value, const QStringList &arguments)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove("WIREBIRD_COMPRESSION");
        if (!value.isNull())
            environment.insert("WIREBIRD_COMPRESSION", value);
        setProcessEnvironment(environment);
        setProcessChannelMode(QProcess::ForwardedErrorChannel);
        start(QCoreApplication::applicationFilePath(), arguments);
    }
    ~Program() override
    {
        if (state() == QProcess::NotRunning)
            return;
        kill();
        waitForFinished();
    }
};

} // namespace

class tst_DropInCompression : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void isOffByDefault();
    void aSocketsPropertyOffersIt();
    void aServersPropertyAgreesToIt();
    void messagesAreCompressedThen();
    void theEnvironmentOffersIt_data() { values(); }
    void theEnvironmentOffersIt();
    void theEnvironmentAgreesToIt_data() { values(); }
    void theEnvironmentAgreesToIt();
    void thePropertyGoesBeforeTheEnvironment();

private:
    void values();
};

void tst_DropInCompression::isOffByDefault()
{
    RawServer server;
    QWebSocket socket;
    QVERIFY(!socket.property("wirebirdCompression").isValid());
    socket.open(server.url());
    QVERIFY(waitFor([&] { return !server.request.isEmpty(); }));
    QCOMPARE(field(server.request, extensionField), QByteArray());
}

void tst_DropInCompression::aSocketsPropertyOffersIt()
{
    RawServer server;
    QWebSocket socket;
    socket.setProperty("wirebirdCompression", true);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return !server.request.isEmpty(); }));
    QVERIFY2(field(server.request, extensionField).startsWith("permessage-deflate"),
             server.request);
}

void tst_DropInCompression::aServersPropertyAgreesToIt()
{
    QWebSocketServer server("", QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RawClient without(server.serverPort(), upgradeRequest(offer));
    QVERIFY(waitFor([&] { return without.isAnswered(); }));
    QCOMPARE(field(without.received, extensionField), QByteArray());
    server.setProperty("wirebirdCompression", true);
    RawClient with(server.serverPort(), upgradeRequest(offer));
    QVERIFY(waitFor([&] { return with.isAnswered(); }));
    QVERIFY2(field(with.received, extensionField).startsWith("permessage-deflate"), with.received);
    RawClient unasked(server.serverPort(), upgradeRequest());
    QVERIFY(waitFor([&] { return unasked.isAnswered(); }));
    QCOMPARE(field(unasked.received, extensionField), QByteArray());
}

void tst_DropInCompression::messagesAreCompressedThen()
{
    Pair pair;
    pair.client->setProperty("wirebirdCompression", true);
    pair.server.setProperty("wirebirdCompression", true);
    QVERIFY(pair.open());
    qint64 written = 0;
    QObject::connect(pair.client.get(), &QWebSocket::bytesWritten,
                     [&](qint64 bytes) { written += bytes; });
    QString received;
    QObject::connect(pair.peer.get(), &QWebSocket::textMessageReceived,
                     [&](const QString &text) { received = text; });
    const QString text = QString("again and ").repeated(1000);
    QCOMPARE(pair.client->sendTextMessage(text), qint64(text.size()));
    QVERIFY(waitFor([&] { return received == text && written > 0; }));
    QVERIFY2(written < 1000, qPrintable(QString::number(written)));
}

void tst_DropInCompression::values()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isOn");
    QTest::newRow("unset") << QByteArray() << false;
    QTest::newRow("0") << QByteArray("0") << false;
    QTest::newRow("1") << QByteArray("1") << true;
}

void tst_DropInCompression::theEnvironmentOffersIt()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isOn);
    RawServer server;
    Program program(value, {"open", server.url().toString()});
    QVERIFY(waitFor([&] { return !server.request.isEmpty(); }));
    QCOMPARE(field(server.request, extensionField).startsWith("permessage-deflate"), isOn);
}

void tst_DropInCompression::theEnvironmentAgreesToIt()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isOn);
    Program program(value, {"listen"});
    QVERIFY(waitFor([&] { return program.canReadLine(); }));
    RawClient client(program.readLine().trimmed().toUShort(), upgradeRequest(offer));
    QVERIFY(waitFor([&] { return client.isAnswered(); }));
    QCOMPARE(field(client.received, extensionField).startsWith("permessage-deflate"), isOn);
}

void tst_DropInCompression::thePropertyGoesBeforeTheEnvironment()
{
    const auto reset = qScopeGuard([] { qunsetenv("WIREBIRD_COMPRESSION"); });
    qputenv("WIREBIRD_COMPRESSION", "1");
    RawServer server;
    QWebSocket socket;
    socket.setProperty("wirebirdCompression", false);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return !server.request.isEmpty(); }));
    QCOMPARE(field(server.request, extensionField), QByteArray());
}

int main(int argc, char **argv)
{
    if (argc > 1 && (argv[1] == QByteArray("open") || argv[1] == QByteArray("listen")))
        return runProgram(argc, argv);
    QCoreApplication app(argc, argv);
    tst_DropInCompression test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_dropin_compression.moc"
