// Who gets in, by which version of HTTP, and how much of plain HTTP there is.
#include "support.h"

#include "certificates.h"

#include <QtCore/QProcess>

namespace {

QString originOf(const WebSocketServer &server, const QString &scheme)
{
    return QString("%1://127.0.0.1:%2").arg(scheme).arg(server.serverPort());
}

/// The status line that a request gets.
QByteArray statusOf(const WebSocketServer &server, const QByteArray &request)
{
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    client.write(request);
    waitFor([&] { return client.canReadLine(); });
    return client.readLine().trimmed();
}

} // namespace

class tst_Access : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listedOriginsGetIn();
    void aPageOfPlainHttpIsForeignToASecureServer();
    void http2IsForThoseWhoAreToldOfIt_data();
    void http2IsForThoseWhoAreToldOfIt();
    void aServerWithoutHttp2IsAnError();
    void limitsOfPlainHttpHold();
    void limitsHaveTheirRanges();
    void headersOfAResponseAreLimited();
    void revokedCertificatesAreRefused();
};

void tst_Access::listedOriginsGetIn()
{
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    server.setAllowedOrigins({ "https://app.example" });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    for (const auto &[origin, isIn] : { std::pair("https://app.example", true),
                                        { "https://APP.example", true },
                                        { "http://app.example", false },
                                        { "https://evil.example", false } }) {
        WebSocket client(origin);
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] {
            return client.isValid() || client.state() == QAbstractSocket::UnconnectedState;
        }));
        QCOMPARE(client.isValid(), isIn);
        QCOMPARE(client.responseStatus(), isIn ? 101 : 403);
    }
}

void tst_Access::aPageOfPlainHttpIsForeignToASecureServer()
{
    WebSocketServer server("test", WebSocketServer::SecureMode);
    server.setSslConfiguration(Certificates::configuration("ec"));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    for (const auto &[scheme, isIn] : { std::pair("https", true), { "http", false } }) {
        WebSocket client(originOf(server, scheme));
        client.setSslConfiguration(Certificates::configuration());
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] {
            return client.isValid() || client.state() == QAbstractSocket::UnconnectedState;
        }));
        QCOMPARE(client.isValid(), isIn);
    }
}

void tst_Access::http2IsForThoseWhoAreToldOfIt_data()
{
    QTest::addColumn<bool>("isSecure");
    QTest::newRow("ws") << false;
    QTest::newRow("wss") << true;
}

void tst_Access::http2IsForThoseWhoAreToldOfIt()
{
    QFETCH(bool, isSecure);
    WebSocketServer server("test",
                           isSecure ? WebSocketServer::SecureMode : WebSocketServer::NonSecureMode);
    server.setHttp2Enabled(true);
    server.setSslConfiguration(Certificates::configuration("ec"));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    for (const auto version : { WebSocket::HttpVersion::Http2, WebSocket::HttpVersion::Http1 }) {
        WebSocket client;
        client.setHttpVersion(version);
        QCOMPARE(client.httpVersion(), version);
        client.setSslConfiguration(Certificates::configuration());
        client.open(server.serverUrl());
        QVERIFY2(waitFor([&] { return client.isValid() && server.hasPendingConnections(); }),
                 qPrintable(client.errorString()));
        const bool isHttp2 = version == WebSocket::HttpVersion::Http2;
        QCOMPARE(client.responseStatus(), isHttp2 ? 200 : 101);
        if (isSecure)
            QCOMPARE(client.applicationProtocol(), QByteArray(isHttp2 ? "h2" : "http/1.1"));
        const std::unique_ptr<WebSocket> peer(server.nextPendingConnection());
        QString got;
        connect(&client, &WebSocket::textMessageReceived,
                [&](const QString &message) { got = message; });
        peer->sendTextMessage("over this version");
        QVERIFY(waitFor([&] { return got == "over this version"; }));
    }
}

void tst_Access::aServerWithoutHttp2IsAnError()
{
    for (const auto mode : { WebSocketServer::NonSecureMode, WebSocketServer::SecureMode }) {
        WebSocketServer server("test", mode);
        server.setSslConfiguration(Certificates::configuration("ec"));
        QVERIFY(server.listen(QHostAddress::LocalHost));
        WebSocket client;
        client.setHttpVersion(WebSocket::HttpVersion::Http2);
        client.setSslConfiguration(Certificates::configuration());
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
        const QString expected = mode == WebSocketServer::SecureMode ? "alpn" : "HTTP/2";
        QVERIFY2(client.errorString().contains(expected), qPrintable(client.errorString()));
    }
}

void tst_Access::limitsOfPlainHttpHold()
{
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    server.route("/", HttpMethod::Post, [](const HttpRequest &) { return HttpResponse("ok"); });
    WebSocketServerLimits limits = server.serverLimits();
    limits.setMaxHttpBodySize(3);
    server.setServerLimits(limits);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QByteArray post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    QCOMPARE(statusOf(server, post + "3\r\n\r\nabc"), QByteArray("HTTP/1.1 200 OK"));
    QVERIFY(statusOf(server, post + "4\r\n\r\nabcd").startsWith("HTTP/1.1 413 "));
    // While it listens, too.
    limits.setMaxHttpBodySize(4);
    limits.setMaxHttpConnectionsPerAddress(1);
    server.setServerLimits(limits);
    QTcpSocket kept;
    kept.connectToHost(QHostAddress::LocalHost, server.serverPort());
    // Those from before have ended.
    QVERIFY(waitFor([&] { return statusOf(server, post + "4\r\n\r\nabcd") == "HTTP/1.1 200 OK"; }));
    kept.write(post + "4\r\n\r\nabcd");
    QVERIFY(waitFor([&] { return kept.canReadLine(); }));
    if (kept.readLine().startsWith("HTTP/1.1 200 "))
        QVERIFY(statusOf(server, post + "4\r\n\r\nabcd").startsWith("HTTP/1.1 503 "));
}

void tst_Access::limitsHaveTheirRanges()
{
    WebSocketServerLimits limits;
    QCOMPARE(limits.maxHttpConnections(), quint32(1000));
    QCOMPARE(limits.maxHttpConnectionsPerAddress(), quint32(250));
    QCOMPARE(limits.maxHttp2Streams(), quint32(100));
    QCOMPARE(limits.maxHttpBodySize(), quint64(1048576));
    QCOMPARE(limits.httpBodyTimeout(), std::chrono::milliseconds(30000));
    QCOMPARE(limits.httpAnswerTimeout(), std::chrono::milliseconds(60000));
    QCOMPARE(limits.httpKeepAliveTimeout(), std::chrono::milliseconds(15000));
    limits.setMaxHttpConnections(0);
    limits.setMaxHttpConnectionsPerAddress(0);
    limits.setMaxHttp2Streams(0);
    limits.setHttpBodyTimeout(std::chrono::milliseconds(-1));
    QCOMPARE(limits.maxHttpConnections(), quint32(1));
    QCOMPARE(limits.maxHttpConnectionsPerAddress(), quint32(1));
    QCOMPARE(limits.maxHttp2Streams(), quint32(1));
    QCOMPARE(limits.httpBodyTimeout(), std::chrono::milliseconds(0));
    QVERIFY(limits != WebSocketServerLimits());
    WebSocketServer server("test", WebSocketServer::NonSecureMode);
    server.setServerLimits(limits);
    QVERIFY2(server.listen(QHostAddress::LocalHost), qPrintable(server.errorString()));
    QCOMPARE(server.serverLimits(), limits);
}

void tst_Access::headersOfAResponseAreLimited()
{
    RawServer server;
    server.answer.replace("Upgrade: websocket",
                          "X: " + QByteArray(500, 'x') + "\r\nUpgrade: websocket");
    for (const quint32 most : { 300u, 4096u }) {
        WebSocketLimits limits;
        limits.setMaxHeaderSize(most);
        WebSocket client;
        client.setLimits(limits);
        client.open(server.url());
        QVERIFY(waitFor([&] {
            return client.isValid() || client.state() == QAbstractSocket::UnconnectedState;
        }));
        QCOMPARE(client.isValid(), most == 4096);
        server.request.clear();
        server.received.clear();
    }
}

void tst_Access::revokedCertificatesAreRefused()
{
    QFile file(Certificates::file("revoked.crl"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    WebSocketTls tls;
    tls.setRevocationLists({ file.readAll() });
    WebSocketServer server("test", WebSocketServer::SecureMode);
    for (const auto &[name, isIn] : { std::pair("revoked", false), { "ec", true } }) {
        server.setSslConfiguration(Certificates::configuration(name));
        QVERIFY(server.isListening() || server.listen(QHostAddress::LocalHost));
        WebSocket client;
        client.setTls(tls);
        client.setSslConfiguration(Certificates::configuration());
        QList<QSslError> errors;
        connect(&client, &WebSocket::sslErrors,
                [&](const QList<QSslError> &found) { errors = found; });
        client.open(server.serverUrl());
        QVERIFY(waitFor([&] {
            return client.isValid() || client.state() == QAbstractSocket::UnconnectedState;
        }));
        QCOMPARE(client.isValid(), isIn);
        if (!isIn) {
            QCOMPARE(errors.size(), 1);
            QCOMPARE(errors.first().error(), QSslError::CertificateRevoked);
        }
    }
    tls.setRevocationLists({ "no list" });
    WebSocket client;
    client.setTls(tls);
    client.open(server.serverUrl());
    QVERIFY(waitFor([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY2(client.errorString().contains("revocation"), qPrintable(client.errorString()));
    server.setTls(tls);
    QVERIFY2(server.errorString().contains("revocation"), qPrintable(server.errorString()));
}

QTEST_MAIN(tst_Access)
#include "tst_access.moc"
