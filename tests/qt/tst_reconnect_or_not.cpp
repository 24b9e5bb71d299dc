// Which endings a connection is opened again after, and which it is not.
#include "reconnecting.h"

#include <QtCore/QDateTime>

class tst_ReconnectOrNot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void close_codes_decide_data();
    void close_codes_decide();
    void a_peer_that_breaks_the_protocol_is_left_alone();
    void http_statuses_decide_data();
    void http_statuses_decide();
    void retry_after_is_kept_data();
    void retry_after_is_kept();
    void what_is_no_websocket_server_is_left_alone();
    void a_wrong_url_is_not_tried_again();
    void what_the_application_ends_stays_ended_data();
    void what_the_application_ends_stays_ended();
    void closing_while_it_waits_ends_it();
    void switching_it_off_while_it_waits_ends_it();
    void another_open_takes_its_place();
    void an_accepted_socket_does_not_reconnect();
};

void tst_ReconnectOrNot::close_codes_decide_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("comesBack");
    for (const int code : {1001, 1005, 1011, 1012, 1013, 1014, 3000, 4999})
        QTest::addRow("%d: again", code) << code << true;
    for (const int code : {1000, 1002, 1003, 1007, 1008, 1009, 1010})
        QTest::addRow("%d: not again", code) << code << false;
}

void tst_ReconnectOrNot::close_codes_decide()
{
    QFETCH(int, code);
    QFETCH(bool, comesBack);
    Server server;
    WebSocket client;
    client.setReconnect(slow());
    const auto *const attempts = attemptsOf(client);
    QSignalSpy finished(&client, &WebSocket::readChannelFinished);
    client.open(server.url());
    QTRY_VERIFY(client.isValid() && server.peer);
    server.peer->close(CloseCode(code));
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(int(client.closeCode()), code);
    QCOMPARE(attempts->size(), comesBack ? 1 : 0);
    QCOMPARE(client.isReconnecting(), comesBack);
}

void tst_ReconnectOrNot::a_peer_that_breaks_the_protocol_is_left_alone()
{
    RawServer server;
    WebSocket client;
    client.setReconnect(slow());
    const auto *const attempts = attemptsOf(client);
    QSignalSpy finished(&client, &WebSocket::readChannelFinished);
    client.open(server.url());
    QTRY_VERIFY(client.isValid());
    server.socket->write(plainFrame(0x83, "x")); // a reserved opcode
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(client.closeCode(), CloseCodeProtocolError);
    QVERIFY(attempts->isEmpty());
}

void tst_ReconnectOrNot::http_statuses_decide_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("comesBack");
    for (const int status : {408, 425, 429, 500, 502, 503, 504})
        QTest::addRow("%d: again", status) << status << true;
    for (const int status : {200, 400, 401, 403, 404, 410, 426, 501, 505})
        QTest::addRow("%d: not again", status) << status << false;
}

void tst_ReconnectOrNot::http_statuses_decide()
{
    QFETCH(int, status);
    QFETCH(bool, comesBack);
    Refuser server("HTTP/1.1 " + QByteArray::number(status)
                   + " Because\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    WebSocket client;
    client.setReconnect(slow());
    const auto *const attempts = attemptsOf(client);
    bool failed = false;
    connect(&client, &WebSocket::errorOccurred, &client, [&] { failed = true; });
    QSignalSpy disconnected(&client, &WebSocket::disconnected);
    client.open(server.url());
    QTRY_VERIFY(failed && disconnected.size() == 1);
    QCOMPARE(client.responseStatus(), status);
    QTRY_COMPARE(client.isReconnecting(), comesBack);
    QCOMPARE(attempts->size(), comesBack ? 1 : 0);
}

void tst_ReconnectOrNot::retry_after_is_kept_data()
{
    const auto httpDate = [](const QDateTime &at) {
        return QLocale::c().toString(at, "ddd, dd MMM yyyy hh:mm:ss 'GMT'").toLatin1();
    };
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<qint64>("least");
    QTest::addColumn<qint64>("most");
    QTest::newRow("seconds") << QByteArray("Retry-After: 120") << 120000LL << 120000LL;
    QTest::newRow("spaces") << QByteArray("retry-after:  7 ") << 7000LL << 7000LL;
    QTest::newRow("less than the own delay") << QByteArray("Retry-After: 0") << 10LL << 10LL;
    QTest::newRow("an hour at most") << QByteArray("Retry-After: 86400") << 3600000LL << 3600000LL;
    QTest::newRow("more than a number holds")
        << QByteArray("Retry-After: 99999999999999999999999") << 3600000LL << 3600000LL;
    QTest::newRow("a date") << "Retry-After: " + httpDate(now.addSecs(600)) << 500000LL
                            << 600000LL;
    QTest::newRow("a past date") << "Retry-After: " + httpDate(now.addSecs(-600)) << 10LL << 10LL;
    QTest::newRow("negative") << QByteArray("Retry-After: -5") << 10LL << 10LL;
    QTest::newRow("nonsense") << QByteArray("Retry-After: soon") << 10LL << 10LL;
    QTest::newRow("empty") << QByteArray("Retry-After:") << 10LL << 10LL;
}

void tst_ReconnectOrNot::retry_after_is_kept()
{
    QFETCH(QByteArray, field);
    QFETCH(qint64, least);
    QFETCH(qint64, most);
    Refuser server("HTTP/1.1 503 Busy\r\n" + field
                   + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    WebSocket client;
    client.setReconnect(quick());
    const auto *const attempts = attemptsOf(client);
    connect(&client, &WebSocket::reconnectScheduled, &client, [&] { client.close(); });
    client.open(server.url());
    QTRY_COMPARE(attempts->size(), 1);
    const qint64 delay = attempts->first().second;
    QVERIFY2(delay >= least && delay <= most, QByteArray::number(delay));
}

void tst_ReconnectOrNot::what_is_no_websocket_server_is_left_alone()
{
    Refuser server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n");
    WebSocket client;
    client.setReconnect(slow());
    const auto *const attempts = attemptsOf(client);
    QSignalSpy disconnected(&client, &WebSocket::disconnected);
    client.open(server.url());
    QTRY_COMPARE(disconnected.size(), 1);
    QVERIFY(attempts->isEmpty());
    QVERIFY(!client.isReconnecting());
}

void tst_ReconnectOrNot::a_wrong_url_is_not_tried_again()
{
    WebSocket client;
    client.setReconnect(quick());
    const auto *const attempts = attemptsOf(client);
    bool failed = false;
    connect(&client, &WebSocket::errorOccurred, &client, [&] { failed = true; });
    client.open(QUrl("ftp://127.0.0.1/"));
    QTRY_VERIFY(failed); // later, where the system is asked for a proxy first
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(attempts->isEmpty());
    QVERIFY(!client.isReconnecting());
}

void tst_ReconnectOrNot::what_the_application_ends_stays_ended_data()
{
    QTest::addColumn<QString>("how");
    QTest::newRow("close") << "close";
    QTest::newRow("close with another code") << "close 1011";
    QTest::newRow("abort") << "abort";
    QTest::newRow("close in disconnected()") << "in disconnected";
    QTest::newRow("abort in errorOccurred()") << "in errorOccurred";
    QTest::newRow("close while connecting") << "connecting";
}

void tst_ReconnectOrNot::what_the_application_ends_stays_ended()
{
    QFETCH(QString, how);
    Server server;
    WebSocket client;
    client.setReconnect(quick());
    const auto *const attempts = attemptsOf(client);
    QSignalSpy disconnected(&client, &WebSocket::disconnected);
    if (how == "in disconnected")
        connect(&client, &WebSocket::disconnected, &client, [&] { client.close(); });
    if (how == "in errorOccurred")
        connect(&client, &WebSocket::errorOccurred, &client, [&] { client.abort(); });
    client.open(server.url());
    if (how == "connecting") {
        client.close();
    } else {
        QTRY_VERIFY(client.isValid() && server.peer);
        if (how == "close")
            client.close();
        else if (how == "close 1011")
            client.close(CloseCodeBadOperation);
        else if (how == "abort")
            client.abort();
        else
            server.peer->abort();
    }
    QTRY_COMPARE(disconnected.size(), 1);
    QVERIFY(anotherComesBack()); // nothing may follow
    QVERIFY(attempts->isEmpty());
    QVERIFY(!client.isReconnecting());
    QCOMPARE(client.state(), QAbstractSocket::UnconnectedState);
}

void tst_ReconnectOrNot::closing_while_it_waits_ends_it()
{
    WebSocket client;
    client.setReconnect(slow());
    client.open(closedPort());
    QTRY_VERIFY(client.isReconnecting());
    QSignalSpy changed(&client, &WebSocket::reconnectingChanged);
    QSignalSpy disconnected(&client, &WebSocket::disconnected);
    client.close();
    QVERIFY(!client.isReconnecting());
    QCOMPARE(changed.size(), 1);
    client.reconnectNow();
    QCOMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(disconnected.size(), 0);
}

void tst_ReconnectOrNot::switching_it_off_while_it_waits_ends_it()
{
    WebSocket client;
    client.setReconnect(slow());
    client.open(closedPort());
    QTRY_VERIFY(client.isReconnecting());
    QSignalSpy changed(&client, &WebSocket::reconnectingChanged);
    client.setReconnect(WebSocketReconnect());
    QVERIFY(!client.isReconnecting());
    QCOMPARE(changed.size(), 1);
}

void tst_ReconnectOrNot::another_open_takes_its_place()
{
    Server server;
    WebSocket client;
    client.setReconnect(slow());
    client.open(closedPort());
    QTRY_VERIFY(client.isReconnecting());
    client.open(server.url());
    QVERIFY(!client.isReconnecting());
    QTRY_VERIFY(client.isValid());
}

void tst_ReconnectOrNot::an_accepted_socket_does_not_reconnect()
{
    Server server;
    WebSocket client;
    client.open(server.url());
    QTRY_VERIFY(client.isValid() && server.peer);
    server.peer->setReconnect(quick());
    const auto *const attempts = attemptsOf(*server.peer);
    QSignalSpy finished(server.peer, &WebSocket::readChannelFinished);
    client.abort();
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(anotherComesBack());
    QVERIFY(attempts->isEmpty());
}

QTEST_GUILESS_MAIN(tst_ReconnectOrNot)
#include "tst_reconnect_or_not.moc"
