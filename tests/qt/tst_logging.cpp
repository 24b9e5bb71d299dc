// The engine's log by the rules of QLoggingCategory.
#include "support.h"

#include <QtCore/QLoggingCategory>
#include <QtCore/QMutex>
#include <QtNetwork/QNetworkProxy>

using namespace Wirebird;

namespace {

struct Line
{
    QtMsgType type;
    QString category;
    QString text;
};

QMutex mutex;
QList<Line> lines;
QtMessageHandler before = nullptr;

// Called from engine threads, too.
void keep(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    const QString category = QString::fromLatin1(context.category);
    if (!category.startsWith(QLatin1String("wirebird."))) {
        before(type, context, text);
        return;
    }
    const QMutexLocker locker(&mutex);
    lines.append({ type, category, text });
}

QList<Line> logged(const QString &category)
{
    const QMutexLocker locker(&mutex);
    QList<Line> found;
    for (const Line &line : std::as_const(lines)) {
        if (line.category == category)
            found.append(line);
    }
    return found;
}

} // namespace

class tst_Logging : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { before = qInstallMessageHandler(keep); }
    void cleanupTestCase() { qInstallMessageHandler(before); }
    void init()
    {
        const QMutexLocker locker(&mutex);
        lines.clear();
    }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void nothingIsPrintedWithoutARule();
    void stepsOfAConnectionAreDebugMessagesWithItsNumber();
    void aRuleChoosesACategory();
    void framesAreACategoryOfTheirOwn();
    void aRuleIsTakenBack();

private:
    void converse();
    quint64 m_number = 0;
};

// One connection with a message each way, from open() to disconnected().
void tst_Logging::converse()
{
    WebSocketServer server(QStringLiteral("log"), WebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    WebSocket client;
    QSignalSpy echoed(&client, &WebSocket::textMessageReceived);
    QSignalSpy disconnected(&client, &WebSocket::disconnected);
    connect(&server, &WebSocketServer::newConnection, this, [&server] {
        WebSocket *peer = server.nextPendingConnection();
        peer->setParent(&server);
        connect(peer, &WebSocket::textMessageReceived, peer, &WebSocket::sendTextMessage);
    });
    connect(&client, &WebSocket::connected, &client,
            [&client] { client.sendTextMessage(QStringLiteral("payload")); });
    client.setProxy(QNetworkProxy::NoProxy); // else there is no connection yet after open()
    client.open(server.serverUrl());
    m_number = client.logNumber();
    QVERIFY(m_number > 0);
    QTRY_COMPARE(echoed.count(), 1);
    client.close();
    QTRY_COMPARE(disconnected.count(), 1);
}

void tst_Logging::nothingIsPrintedWithoutARule()
{
    converse();
    QVERIFY(lines.isEmpty());
}

void tst_Logging::stepsOfAConnectionAreDebugMessagesWithItsNumber()
{
    QLoggingCategory::setFilterRules(QStringLiteral("wirebird.*=true\nwirebird.frame=false"));
    converse();
    const QString number = QStringLiteral("#%1 ").arg(m_number);
    const auto isLogged = [&number](const QString &text) {
        const QList<Line> found = logged(QStringLiteral("wirebird.connection"));
        return std::any_of(found.begin(), found.end(), [&](const Line &line) {
            return line.type == QtDebugMsg && line.text.startsWith(number + text);
        });
    };
    QVERIFY(isLogged(QStringLiteral("opened")));
    QVERIFY(isLogged(QStringLiteral("closed code=1000")));
    const QList<Line> ofServer = logged(QStringLiteral("wirebird.server"));
    QVERIFY(!ofServer.isEmpty());
    QCOMPARE(ofServer.first().type, QtInfoMsg);
    QVERIFY(ofServer.first().text.startsWith(QLatin1String("listening address=127.0.0.1:")));
    QVERIFY(logged(QStringLiteral("wirebird.frame")).isEmpty());
}

void tst_Logging::aRuleChoosesACategory()
{
    QLoggingCategory::setFilterRules(QStringLiteral("wirebird.server.info=true"));
    converse();
    QVERIFY(!logged(QStringLiteral("wirebird.server")).isEmpty());
    QVERIFY(logged(QStringLiteral("wirebird.connection")).isEmpty());
    for (const Line &line : logged(QStringLiteral("wirebird.server")))
        QCOMPARE(line.type, QtInfoMsg);
}

void tst_Logging::framesAreACategoryOfTheirOwn()
{
    QLoggingCategory::setFilterRules(QStringLiteral("wirebird.frame.debug=true"));
    converse();
    const QList<Line> frames = logged(QStringLiteral("wirebird.frame"));
    QVERIFY(std::any_of(frames.begin(), frames.end(), [](const Line &line) {
        return line.text.contains(QLatin1String("received data kind=Text bytes=7"));
    }));
    QVERIFY(logged(QStringLiteral("wirebird.connection")).isEmpty());
    for (const Line &line : frames)
        QVERIFY(!line.text.contains(QLatin1String("payload")));
}

void tst_Logging::aRuleIsTakenBack()
{
    QLoggingCategory::setFilterRules(QStringLiteral("wirebird.*=true"));
    converse();
    QLoggingCategory::setFilterRules(QString());
    init();
    converse();
    QVERIFY(lines.isEmpty());
}

QTEST_GUILESS_MAIN(tst_Logging)

#include "tst_logging.moc"
