// The request that a QWebSocket sends, byte by byte where programs may depend on it.
#include "rawpeers.h"
#include "support.h"

namespace {

/// The lines of a request, names of header fields in lower case, since case does not matter
/// there; without the key's value, which is random.
QByteArrayList linesOf(const QByteArray &request)
{
    QByteArrayList lines;
    const auto all = request.split('\n');
    for (const QByteArray &line : all) {
        const QByteArray text = line.trimmed();
        const auto colon = lines.isEmpty() ? -1 : text.indexOf(':');
        const QByteArray name = text.left(qMax(colon, 0)).toLower();
        lines.append(name == "sec-websocket-key" ? name : name + text.mid(qMax(colon, 0)));
    }
    return lines;
}

} // namespace

class tst_QWebSocketRequest : public QuietTest
{
    Q_OBJECT

private:
    RawServer m_server;

    QByteArray requestOf(QWebSocket *socket, const QNetworkRequest &request)
    {
        m_server.request.clear();
        socket->open(request);
        waitFor([this] { return !m_server.request.isEmpty(); });
        return m_server.request;
    }
    QByteArray host() const { return "host: 127.0.0.1:" + QByteArray::number(m_server.port()); }

private Q_SLOTS:
    void hasItsLinesInOrder();
    void namesTheOrigin();
    void endsWithTheRequestsOwnHeaders();
    void asksForTheResource_data();
    void asksForTheResource();
    void saysVersion13Always();
    void hasAFreshKeyOf16Bytes();
    void leavesOutCredentialsAndFragment();
};

void tst_QWebSocketRequest::hasItsLinesInOrder()
{
    QWebSocket socket;
    const QByteArray request = requestOf(&socket, QNetworkRequest(m_server.url("/chat")));
    QCOMPARE(linesOf(request),
             (QByteArrayList{"GET /chat HTTP/1.1", host(), "upgrade: websocket",
                             "connection: Upgrade", "sec-websocket-key",
                             "sec-websocket-version: 13", "", ""}));
}

void tst_QWebSocketRequest::namesTheOrigin()
{
    QWebSocket socket("https://example.org");
    const QByteArray request = requestOf(&socket, QNetworkRequest(m_server.url()));
    QCOMPARE(linesOf(request),
             (QByteArrayList{"GET / HTTP/1.1", host(), "upgrade: websocket",
                             "connection: Upgrade", "sec-websocket-key",
                             "origin: https://example.org", "sec-websocket-version: 13", "", ""}));
}

void tst_QWebSocketRequest::endsWithTheRequestsOwnHeaders()
{
    QNetworkRequest asked(m_server.url());
    asked.setRawHeader("X-One", "1");
    asked.setRawHeader("Cookie", "a=b; c=d");
    QWebSocket socket;
    const QByteArrayList lines = linesOf(requestOf(&socket, asked));
    QCOMPARE(lines.size(), 10);
    QCOMPARE(lines.mid(5), (QByteArrayList{"sec-websocket-version: 13", "x-one: 1",
                                           "cookie: a=b; c=d", "", ""}));
    QCOMPARE(socket.request().rawHeader("X-One"), QByteArray("1"));
}

void tst_QWebSocketRequest::asksForTheResource_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("none") << "" << QByteArray("GET / HTTP/1.1");
    QTest::newRow("path") << "/a/b" << QByteArray("GET /a/b HTTP/1.1");
    QTest::newRow("query") << "/a?b=c" << QByteArray("GET /a?b=c HTTP/1.1");
    QTest::newRow("encoded") << "/a%20b?%C3%A4" << QByteArray("GET /a%20b?%C3%A4 HTTP/1.1");
    QTest::newRow("to be encoded") << QString::fromUtf8("/a b?ä")
                                   << QByteArray("GET /a%20b?%C3%A4 HTTP/1.1");
#if WEBSOCKETS_SINCE(6, 8)
    QTest::newRow("query alone") << "?b=c" << QByteArray("GET /?b=c HTTP/1.1");
#endif
}

void tst_QWebSocketRequest::asksForTheResource()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, line);
    QWebSocket socket;
    const QByteArray request = requestOf(&socket, QNetworkRequest(m_server.url(path)));
    QCOMPARE(linesOf(request).at(0), line);
}

void tst_QWebSocketRequest::saysVersion13Always()
{
    QWebSocket socket(QString(), Version8);
    const QByteArray request = requestOf(&socket, QNetworkRequest(m_server.url()));
    QCOMPARE(field(request, "Sec-WebSocket-Version"), QByteArray("13"));
    QCOMPARE(socket.version(), Version8);
}

void tst_QWebSocketRequest::hasAFreshKeyOf16Bytes()
{
    QByteArrayList keys;
    for (int i = 0; i < 5; ++i) {
        QWebSocket socket;
        const QByteArray request = requestOf(&socket, QNetworkRequest(m_server.url()));
        const QByteArray key = QByteArray::fromBase64(field(request, "Sec-WebSocket-Key"));
        QCOMPARE(key.size(), 16);
        QVERIFY(!keys.contains(key));
        keys.append(key);
    }
}

void tst_QWebSocketRequest::leavesOutCredentialsAndFragment()
{
    QUrl url = m_server.url("/a#part");
    url.setUserName("user");
    url.setPassword("password");
    QWebSocket socket;
    const QByteArray request = requestOf(&socket, QNetworkRequest(url));
    QCOMPARE(linesOf(request).at(0), QByteArray("GET /a HTTP/1.1"));
    QCOMPARE(linesOf(request).at(1), host());
    QVERIFY2(!request.contains("password"), request);
}

QTEST_GUILESS_MAIN(tst_QWebSocketRequest)
#include "tst_qwebsocket_request.moc"
