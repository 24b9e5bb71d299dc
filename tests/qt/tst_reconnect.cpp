// A connection that is lost is opened again: when, how often, and with what signals, against
// servers that end, and come back, in this process and in another one.
//
// The program is its own peer: `tst_reconnect serve PORT` is a server, `tst_reconnect
// sleeper URL` a client that waits for ten minutes.
#include "reconnecting.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTextStream>
#include <QtCore/QThread>

#include <cstring>

class tst_Reconnect : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void options_have_their_defaults_and_ranges();
    void it_is_off_by_default();
    void a_lost_connection_comes_back();
    void each_round_makes_the_same_request();
    void what_could_not_be_opened_is_tried_again();
    void a_killed_server_process_is_found_again();
    void signals_come_in_order();
    void delays_grow_up_to_the_longest();
    void jitter_only_shortens();
    void attempts_have_an_end();
    void attempts_count_anew_after_a_connection_that_lasted_data();
    void attempts_count_anew_after_a_connection_that_lasted();
    void messages_are_refused_while_unconnected();
    void reconnectNow_ends_the_waiting();
    void it_waits_on_in_another_thread();
    void it_can_be_deleted_in_its_signals_data();
    void it_can_be_deleted_in_its_signals();
    void sleep_of_the_machine_ends_the_waiting();
};

void tst_Reconnect::options_have_their_defaults_and_ranges()
{
    WebSocketReconnect options;
    QVERIFY(!options.isEnabled());
    QCOMPARE(options.initialDelay(), 1000ms);
    QCOMPARE(options.maximumDelay(), 30000ms);
    QCOMPARE(options.factor(), 2.0);
    QCOMPARE(options.jitter(), 0.5);
    QCOMPARE(options.maximumAttempts(), 0);
    QCOMPARE(options.resetAfter(), 10000ms);
    WebSocketReconnect other = options;
    QVERIFY(other == options);
    other.setInitialDelay(-1ms);
    QVERIFY(other != options);
    other.setMaximumDelay(0ms);
    other.setFactor(0);
    other.setJitter(7);
    other.setMaximumAttempts(-1);
    other.setResetAfter(-1ms);
    QCOMPARE(other.initialDelay(), 10ms);
    QCOMPARE(other.maximumDelay(), 10ms);
    QCOMPARE(other.factor(), 1.0);
    QCOMPARE(other.jitter(), 1.0);
    QCOMPARE(other.maximumAttempts(), 0);
    QCOMPARE(other.resetAfter(), 0ms);
    other.setFactor(qQNaN());
    other.setJitter(qQNaN());
    QCOMPARE(other.factor(), 1.0);
    QCOMPARE(other.jitter(), 1.0);
    other.setFactor(1000);
    QCOMPARE(other.factor(), 10.0);
}

void tst_Reconnect::it_is_off_by_default()
{
    Server server;
    WebSocket client;
    const auto *const attempts = attemptsOf(client);
    QSignalSpy finished(&client, &WebSocket::readChannelFinished);
    client.open(server.url());
    QTRY_VERIFY(client.isValid() && server.peer);
    server.stop();
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(attempts->isEmpty());
    QVERIFY(!client.isReconnecting());
}

void tst_Reconnect::a_lost_connection_comes_back()
{
    Server server;
    WebSocket client;
    client.setReconnect(quick());
    QStringList messages;
    connect(&client, &WebSocket::textMessageReceived, &client,
            [&](const QString &message) { messages.append(message); });
    client.open(server.url());
    for (int round = 1; round <= 3; ++round) {
        QTRY_COMPARE(messages.size(), round);
        QCOMPARE(messages.last(), QString("hello %1").arg(round));
        QVERIFY(!client.isReconnecting());
        QCOMPARE(client.reconnectAttempt(), 0);
        server.stop();
        QTRY_VERIFY(client.isReconnecting());
        server.start();
    }
    QTRY_VERIFY(client.isValid());
}

void tst_Reconnect::each_round_makes_the_same_request()
{
    Server server;
    WebSocket client("http://birds.example");
    client.setReconnect(quick());
    connect(server.server.get(), &WebSocketServer::originAuthenticationRequired, this,
            [](WebSocketCorsAuthenticator *asks) { asks->setAllowed(true); });
    QNetworkRequest request(server.url());
    request.setRawHeader("X-Bird", "wren");
    WebSocketHandshakeOptions options;
    options.setSubprotocols({"bird"});
    client.open(request, options);
    for (int round = 1; round <= 2; ++round) {
        QTRY_VERIFY(client.isValid() && server.peer && server.accepted == round);
        QCOMPARE(client.subprotocol(), QString("bird"));
        QCOMPARE(server.peer->request().rawHeader("X-Bird"), QByteArray("wren"));
        QCOMPARE(server.peer->origin(), QString("http://birds.example"));
        QCOMPARE(server.peer->requestUrl(), server.url());
        server.peer->abort();
    }
}

void tst_Reconnect::what_could_not_be_opened_is_tried_again()
{
    Server server;
    server.stop();
    WebSocket client;
    client.setReconnect(quick());
    const auto *const attempts = attemptsOf(client);
    client.open(server.url());
    QTRY_VERIFY(attempts->size() >= 2);
    server.start();
    QTRY_VERIFY(client.isValid());
    QVERIFY(client.errorString() == QString("Unknown error"));
}

void tst_Reconnect::a_killed_server_process_is_found_again()
{
    const auto start = [](QProcess &process, quint16 port) {
        process.start(QCoreApplication::applicationFilePath(), {"serve", QString::number(port)});
        if (!waitFor([&] { return process.canReadLine(); }))
            return quint16(0);
        return quint16(process.readLine().trimmed().toUShort());
    };
    QProcess first;
    const quint16 port = start(first, 0);
    QVERIFY(port > 0);
    WebSocket client;
    client.setReconnect(quick());
    QStringList messages;
    connect(&client, &WebSocket::textMessageReceived, &client,
            [&](const QString &message) { messages.append(message); });
    client.open(QUrl(QString("ws://127.0.0.1:%1/").arg(port)));
    QTRY_COMPARE(messages.size(), 1);
    first.kill();
    QVERIFY(first.waitForFinished());
    QTRY_VERIFY(client.reconnectAttempt() >= 2);
    QProcess second;
    QCOMPARE(start(second, port), port);
    QTRY_COMPARE(messages.size(), 2);
    QVERIFY(messages.first() != messages.last()); // each process greets with its id
    second.kill();
    QVERIFY(second.waitForFinished());
}

void tst_Reconnect::signals_come_in_order()
{
    Server server;
    QStringList log; // the socket writes into it to its end
    WebSocket client;
    client.setReconnect(quick());
    record(&client, &log);
    connect(&client, &WebSocket::reconnectScheduled, &client, [&](int number) {
        log.append(QString("reconnectScheduled %1 in %2").arg(number).arg(client.state()));
    });
    connect(&client, &WebSocket::reconnectingChanged, &client, [&] {
        log.append(QString("reconnecting %1").arg(client.isReconnecting() ? "yes" : "no"));
    });
    client.open(server.url());
    QTRY_VERIFY(client.isValid() && server.peer);
    log.clear();
    server.peer->abort();
    QTRY_COMPARE(log.isEmpty() ? QString() : log.last(), QString("connected"));
    const QStringList expected{
        "errorOccurred 1 in ConnectedState", "error 1", "ClosingState", "UnconnectedState",
        "disconnected", "readChannelFinished", "reconnecting yes", "reconnectScheduled 1 in 0",
        "ConnectingState", "ConnectedState", "reconnecting no", "connected"};
    QCOMPARE(log, expected);
}

void tst_Reconnect::delays_grow_up_to_the_longest()
{
    WebSocket client;
    WebSocketReconnect options = quick();
    options.setFactor(1.5);
    client.setReconnect(options);
    const auto *const attempts = attemptsOf(client);
    client.open(closedPort());
    QTRY_VERIFY(attempts->size() >= 6);
    client.close();
    const QList<Attempt> expected{{1, 10}, {2, 15}, {3, 22}, {4, 33}, {5, 50}, {6, 50}};
    QCOMPARE(attempts->mid(0, 6), expected);
}

void tst_Reconnect::jitter_only_shortens()
{
    WebSocket client;
    WebSocketReconnect options = quick();
    options.setInitialDelay(50ms);
    options.setJitter(0.5);
    client.setReconnect(options);
    const auto *const attempts = attemptsOf(client);
    client.open(closedPort());
    QTRY_VERIFY(attempts->size() >= 12);
    client.close();
    QSet<qint64> different;
    for (const Attempt &attempt : *attempts) {
        QVERIFY2(attempt.second >= 25 && attempt.second <= 50, QByteArray::number(attempt.second));
        different.insert(attempt.second);
    }
    QVERIFY(different.size() > 1);
}

void tst_Reconnect::attempts_have_an_end()
{
    WebSocket client;
    WebSocketReconnect options = quick();
    options.setMaximumAttempts(3);
    client.setReconnect(options);
    const auto *const attempts = attemptsOf(client);
    int errors = 0;
    connect(&client, &WebSocket::errorOccurred, &client, [&] { ++errors; });
    bool wasReconnecting = false;
    connect(&client, &WebSocket::reconnectingChanged, &client,
            [&] { wasReconnecting = wasReconnecting || client.isReconnecting(); });
    client.open(closedPort());
    QTRY_COMPARE(errors, 4);
    QTRY_VERIFY(wasReconnecting && !client.isReconnecting());
    QCOMPARE(attempts->size(), 3);
    QCOMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.errorString(), QString("Connection refused"));
}

void tst_Reconnect::attempts_count_anew_after_a_connection_that_lasted_data()
{
    QTest::addColumn<int>("resetAfter");
    QTest::addColumn<int>("third");
    QTest::newRow("at once") << 0 << 1;
    QTest::newRow("later") << 600000 << 3;
}

void tst_Reconnect::attempts_count_anew_after_a_connection_that_lasted()
{
    QFETCH(int, resetAfter);
    QFETCH(int, third);
    Server server;
    WebSocket client;
    WebSocketReconnect options = quick();
    options.setResetAfter(std::chrono::milliseconds(resetAfter));
    client.setReconnect(options);
    const auto *const attempts = attemptsOf(client);
    client.open(server.url());
    for (int round = 1; round <= 3; ++round) {
        QTRY_VERIFY(client.isValid() && server.peer && server.accepted == round);
        server.peer->close(CloseCodeGoingAway);
        QTRY_COMPARE(attempts->size(), round);
    }
    QCOMPARE(attempts->at(2).first, third);
}

void tst_Reconnect::messages_are_refused_while_unconnected()
{
    Server server;
    WebSocket client;
    client.setReconnect(slow());
    client.open(server.url());
    QTRY_VERIFY(client.isValid() && server.peer);
    server.peer->abort();
    QTRY_VERIFY(client.isReconnecting());
    QCOMPARE(client.sendTextMessage("lost"), 0);
    QCOMPARE(client.sendBinaryMessage("lost"), 0);
    QCOMPARE(client.bytesToWrite(), 0);
}

void tst_Reconnect::reconnectNow_ends_the_waiting()
{
    Server server;
    WebSocket client;
    client.setReconnect(slow());
    client.reconnectNow(); // nothing to do
    QCOMPARE(client.state(), QAbstractSocket::UnconnectedState);
    client.open(server.url());
    QTRY_VERIFY(client.isValid() && server.peer);
    client.reconnectNow();
    QVERIFY(client.isValid());
    server.peer->abort();
    QTRY_VERIFY(client.isReconnecting());
    client.reconnectNow();
    QCOMPARE(client.state(), QAbstractSocket::ConnectingState);
    QVERIFY(client.isReconnecting());
    QTRY_VERIFY(client.isValid());
    QVERIFY(!client.isReconnecting());
}

void tst_Reconnect::it_waits_on_in_another_thread()
{
    Server server;
    server.stop();
    WebSocketReconnect options = quick();
    options.setInitialDelay(200ms);
    options.setMaximumDelay(200ms);
    auto *const client = new WebSocket;
    client->setReconnect(options);
    std::atomic<QThread *> connectedIn{nullptr};
    connect(client, &WebSocket::connected, client,
            [&] { connectedIn = QThread::currentThread(); });
    client->open(server.url());
    QTRY_VERIFY(client->isReconnecting());
    QThread thread;
    thread.start();
    client->moveToThread(&thread);
    server.start();
    QTRY_COMPARE(connectedIn.load(), &thread);
    QMetaObject::invokeMethod(client, [client] { delete client; }, Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_Reconnect::it_can_be_deleted_in_its_signals_data()
{
    QTest::addColumn<QString>("signal");
    QTest::addColumn<bool>("now");
    QTest::newRow("reconnectScheduled") << "scheduled" << false;
    QTest::newRow("reconnectingChanged") << "changed" << false;
    QTest::newRow("reconnectingChanged of close()") << "closed" << false;
    QTest::newRow("stateChanged(ConnectingState)") << "state" << false;
    QTest::newRow("stateChanged(ConnectingState) of reconnectNow()") << "state" << true;
}

void tst_Reconnect::it_can_be_deleted_in_its_signals()
{
    QFETCH(QString, signal);
    QFETCH(bool, now);
    Server server;
    QPointer<WebSocket> client = new WebSocket;
    client->setReconnect(now || signal == "closed" ? slow() : quick());
    client->open(server.url());
    QTRY_VERIFY(client->isValid() && server.peer);
    const auto remove = [&] { delete client.data(); };
    if (signal == "scheduled")
        connect(client, &WebSocket::reconnectScheduled, this, remove);
    else if (signal == "changed")
        connect(client, &WebSocket::reconnectingChanged, this, remove);
    else if (signal == "closed")
        connect(client, &WebSocket::reconnectingChanged, this, [&] {
            if (!client->isReconnecting())
                remove();
        });
    else
        connect(client, &WebSocket::stateChanged, this, [&](QAbstractSocket::SocketState state) {
            if (state == QAbstractSocket::ConnectingState)
                remove();
        });
    server.peer->abort();
    if (signal == "closed") {
        QTRY_VERIFY(client->isReconnecting());
        client->close();
        QVERIFY(!client);
    } else if (now) {
        QTRY_VERIFY(client->isReconnecting());
        client->reconnectNow();
        QVERIFY(!client);
    }
    QTRY_VERIFY(!client);
}

void tst_Reconnect::sleep_of_the_machine_ends_the_waiting()
{
    if (!QFile::exists(LIBFAKETIME))
        QSKIP("libfaketime was not found (Debian: faketime), or goes with no sanitizer");
    QTemporaryDir folder;
    const QString clock = folder.filePath("clock");
    const auto set = [&clock](const QByteArray &offset) {
        QFile file(clock);
        return file.open(QIODevice::WriteOnly) && file.write(offset + "\n") > 0;
    };
    QVERIFY(set("+0"));
    QProcess sleeper;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("LD_PRELOAD", LIBFAKETIME);
    environment.insert("FAKETIME_TIMESTAMP_FILE", clock);
    environment.insert("FAKETIME_NO_CACHE", "1");
    environment.insert("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    environment.insert("DONT_FAKE_MONOTONIC", "1");
    sleeper.setProcessEnvironment(environment);
    sleeper.start(QCoreApplication::applicationFilePath(),
                  {"sleeper", closedPort().toString()});
    QVERIFY(waitFor([&] { return sleeper.canReadLine(); }));
    QCOMPARE(sleeper.readLine().trimmed(), QByteArray("attempt 1"));
    // The clock goes on while timers stand still: for a minute, of ten.
    QVERIFY(set("+60"));
    QVERIFY(waitFor([&] { return sleeper.canReadLine(); }));
    QCOMPARE(sleeper.readLine().trimmed(), QByteArray("attempt 2"));
    sleeper.kill();
    QVERIFY(sleeper.waitForFinished());
}

namespace {

int serve(quint16 port)
{
    WebSocketServer server("peer", WebSocketServer::NonSecureMode);
    QObject::connect(&server, &WebSocketServer::newConnection, [&server] {
        WebSocket *const peer = server.nextPendingConnection();
        peer->setParent(&server);
        peer->sendTextMessage(QString::number(QCoreApplication::applicationPid()));
    });
    if (!server.listen(QHostAddress::LocalHost, port))
        return 1;
    QTextStream(stdout) << server.serverPort() << Qt::endl;
    return QCoreApplication::exec();
}

int sleepOn(const QUrl &url)
{
    WebSocket client;
    client.setReconnect(slow());
    QObject::connect(&client, &WebSocket::reconnectScheduled,
                     [](int number) { QTextStream(stdout) << "attempt " << number << Qt::endl; });
    client.open(url);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    if (argc == 3 && std::strcmp(argv[1], "serve") == 0)
        return serve(QByteArray(argv[2]).toUShort());
    if (argc == 3 && std::strcmp(argv[1], "sleeper") == 0)
        return sleepOn(QUrl(argv[2]));
    tst_Reconnect test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}

#include "tst_reconnect.moc"
