// Against Qt's own WebSockets module, in another process, in both directions.
#include "support.h"

#include <QtCore/QProcess>

namespace {

/// The other process, ended by its id; and our socket, connected to it.
class QtPeer
{
public:
    QPointer<WebSocket> socket;

    /// "server" or "client" is the role of Qt's side.
    bool start(const QString &role, int frameSize)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        return role == "server" ? startServer(frameSize) : startClient(frameSize);
    }
    ~QtPeer() { end(); }
    void end()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QByteArray line()
    {
        waitFor([this] { return m_process.canReadLine(); });
        return m_process.readLine().trimmed();
    }

private:
    bool startServer(int frameSize)
    {
        m_process.start(QT_PEER, {"server", QString::number(frameSize)});
        socket = &m_client;
        m_client.open(QUrl("ws://127.0.0.1:" + QString::fromLatin1(line())));
        return waitFor([this] { return m_client.isValid(); });
    }
    bool startClient(int frameSize)
    {
        QObject::connect(&m_server, &WebSocketServer::newConnection,
                         [this] {
                             socket = m_server.nextPendingConnection();
                             socket->setParent(&m_server);
                         });
        if (!m_server.listen(QHostAddress::LocalHost))
            return false;
        m_process.start(QT_PEER,
                        {"client", m_server.serverUrl().toString(), QString::number(frameSize)});
        return waitFor([this] { return !socket.isNull(); });
    }

    WebSocketServer m_server{"wirebird", WebSocketServer::NonSecureMode};
    WebSocket m_client;
    QProcess m_process;
};

} // namespace

class tst_Interop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messagesComeBackUnchanged_data() { roles(); }
    void messagesComeBackUnchanged();
    void fragmentsOfQtAreJoined_data() { roles(); }
    void fragmentsOfQtAreJoined();
    void ourFragmentsAreJoinedByQt_data() { roles(); }
    void ourFragmentsAreJoinedByQt();
    void qtReadsOurCloseCode_data() { roles(); }
    void qtReadsOurCloseCode();
    void weReadQtsCloseCode_data() { roles(); }
    void weReadQtsCloseCode();
    void qtAnswersAPing_data() { roles(); }
    void qtAnswersAPing();
    void aKilledQtProcessIsADrop_data() { roles(); }
    void aKilledQtProcessIsADrop();

private:
    static void roles()
    {
        QTest::addColumn<QString>("role");
        QTest::newRow("Qt is the server") << "server";
        QTest::newRow("Qt is the client") << "client";
    }
};

void tst_Interop::messagesComeBackUnchanged()
{
    QFETCH(QString, role);
    QStringList texts;
    QList<QByteArray> messages;
    QtPeer peer;
    QVERIFY(peer.start(role, 0));
    connect(peer.socket, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    connect(peer.socket, &WebSocket::binaryMessageReceived,
            [&](const QByteArray &m) { messages << m; });
    const QString bird = QString::fromUtf8("\xF0\x9F\x90\xA6");
    const QStringList sent{"", "hello", QString::fromUtf8("gr\xC3\xBC\xC3\x9F"), bird,
                           bird.repeated(100000), QString(70000, 'x')};
    for (const QString &text : sent)
        peer.socket->sendTextMessage(text);
    QByteArray data(1024 * 1024, Qt::Uninitialized);
    for (int i = 0; i < data.size(); ++i)
        data[i] = char(i ^ i >> 9);
    peer.socket->sendBinaryMessage(data);
    peer.socket->sendBinaryMessage(QByteArray());
    QVERIFY(waitFor([&] { return texts.size() == sent.size() && messages.size() == 2; }, 30000));
    QVERIFY(texts == sent);
    QVERIFY(messages.first() == data);
    peer.socket->sendTextMessage(QString("a") + QChar(0xD800) + "b");
    QVERIFY(waitFor([&] { return texts.size() == sent.size() + 1; }));
    QCOMPARE(texts.last(), QString("a") + QChar(0xFFFD) + "b");
}

void tst_Interop::fragmentsOfQtAreJoined()
{
    QFETCH(QString, role);
    QStringList texts;
    int frames = 0;
    QtPeer peer;
    // Qt cuts text inside characters.
    QVERIFY(peer.start(role, 7));
    connect(peer.socket, &WebSocket::textFrameReceived, [&] { ++frames; });
    connect(peer.socket, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    const QString text = QString::fromUtf8("\xC3\xBC\xE2\x82\xAC\xF0\x9F\x90\xA6 x").repeated(200);
    peer.socket->sendTextMessage(text);
    QVERIFY(waitFor([&] { return !texts.isEmpty(); }));
    QCOMPARE(texts.first(), text);
    QCOMPARE(frames, int((text.toUtf8().size() + 6) / 7));
}

void tst_Interop::ourFragmentsAreJoinedByQt()
{
    QFETCH(QString, role);
    QStringList texts;
    QtPeer peer;
    QVERIFY(peer.start(role, 0));
    peer.socket->setOutgoingFrameSize(10);
    connect(peer.socket, &WebSocket::textMessageReceived, [&](const QString &t) { texts << t; });
    const QString text = QString::fromUtf8("\xC3\xBC\xE2\x82\xAC\xF0\x9F\x90\xA6 x").repeated(200);
    peer.socket->sendTextMessage(text);
    QVERIFY(waitFor([&] { return !texts.isEmpty(); }));
    QCOMPARE(texts.first(), text);
}

void tst_Interop::qtReadsOurCloseCode()
{
    QFETCH(QString, role);
    QtPeer peer;
    QVERIFY(peer.start(role, 0));
    peer.socket->close(CloseCode(4001), "from here");
    QCOMPARE(peer.line(), QByteArray("closed 4001 from here"));
    QVERIFY(waitFor([&] { return peer.socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(int(peer.socket->closeCode()), 4001);
}

void tst_Interop::weReadQtsCloseCode()
{
    QFETCH(QString, role);
    QtPeer peer;
    QVERIFY(peer.start(role, 0));
    peer.socket->sendTextMessage("close 3456 from there");
    QVERIFY(waitFor([&] { return peer.socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(int(peer.socket->closeCode()), 3456);
    QCOMPARE(peer.socket->closeReason(), QString("from there"));
}

void tst_Interop::qtAnswersAPing()
{
    QFETCH(QString, role);
    QByteArray payload;
    QtPeer peer;
    QVERIFY(peer.start(role, 0));
    connect(peer.socket, &WebSocket::pong, [&](quint64, const QByteArray &p) { payload = p; });
    peer.socket->ping("to Qt");
    QVERIFY(waitFor([&] { return !payload.isEmpty(); }));
    QCOMPARE(payload, QByteArray("to Qt"));
}

void tst_Interop::aKilledQtProcessIsADrop()
{
    QFETCH(QString, role);
    auto peer = std::make_unique<QtPeer>();
    QVERIFY(peer->start(role, 0));
    QObject scope;
    int errors = 0;
    connect(peer->socket, &WebSocket::errorOccurred, &scope, [&](auto error) {
        errors += error == QAbstractSocket::RemoteHostClosedError;
    });
    peer->end();
    QVERIFY(waitFor([&] { return peer->socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(errors, 1);
    QCOMPARE(peer->socket->closeCode(), CloseCodeAbnormalDisconnection);
}

QTEST_GUILESS_MAIN(tst_Interop)
#include "tst_interop.moc"
