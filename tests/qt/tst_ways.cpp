// The ways of wss: through proxies, behind redirects, and to where nobody answers.
#include "support.h"

#include "certificates.h"
#include "peers/programs.h"

#include <QtCore/QTimer>
#include <QtNetwork/QNetworkProxyFactory>
#include <QtNetwork/QSslCipher>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

enum class By { Engine, Qt };

/// What Qt's TLS has and the engine's has not.
QSslConfiguration configuration(By by)
{
    QSslConfiguration configuration = Certificates::configuration();
    if (by == By::Qt) {
        configuration.setProtocol(QSsl::TlsV1_2);
        configuration.setCiphers({ QSslCipher(QStringLiteral("ECDHE-ECDSA-AES256-GCM-SHA384")) });
    }
    return configuration;
}

struct SecureServer
{
    WebSocketServer server { "test", WebSocketServer::SecureMode };

    SecureServer()
    {
        server.setSslConfiguration(Certificates::configuration("ec"));
        if (!server.listen(QHostAddress::LocalHost))
            qFatal("%s", qPrintable(server.errorString()));
    }
};

/// Answers each request over TLS with a redirect.
class SecureRedirect : public QTcpServer
{
public:
    explicit SecureRedirect(const QUrl &location)
        : m_location(location.toEncoded())
    {
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const { return QUrl(QString("wss://127.0.0.1:%1/").arg(serverPort())); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        socket->setSslConfiguration(Certificates::configuration("ec"));
        socket->setPeerVerifyMode(QSslSocket::VerifyNone);
        socket->setSocketDescriptor(descriptor);
        connect(socket, &QSslSocket::readyRead, socket, [this, socket] {
            if (socket->readAll().endsWith("\r\n\r\n"))
                socket->write("HTTP/1.1 302 There\r\nContent-Length: 0\r\nLocation: " + m_location
                              + "\r\n\r\n");
        });
        socket->startServerEncryption();
    }

private:
    QByteArray m_location;
};

bool isOver(const WebSocket &socket)
{
    return waitFor(
        [&] { return socket.isValid() || socket.state() == QAbstractSocket::UnconnectedState; });
}

/// Listens, and answers nobody: its queue of connections is full.
class FullServer
{
public:
    FullServer()
    {
        m_listening = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in any {};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof any;
        auto *const address = reinterpret_cast<sockaddr *>(&any);
        if (m_listening < 0 || ::bind(m_listening, address, size) != 0
            || ::listen(m_listening, 0) != 0 || ::getsockname(m_listening, address, &size) != 0)
            qFatal("no socket that listens");
        m_port = ntohs(any.sin_port);
        for (int &queued : m_queued) {
            queued = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            // In the queue, or under way.
            (void)::connect(queued, address, size);
        }
    }
    ~FullServer()
    {
        for (const int queued : m_queued)
            ::close(queued);
        ::close(m_listening);
    }
    Q_DISABLE_COPY(FullServer)
    quint16 port() const { return m_port; }

private:
    int m_listening;
    int m_queued[8];
    quint16 m_port;
};

} // namespace

class tst_Ways : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secureConnectionsGoThroughProxies_data();
    void secureConnectionsGoThroughProxies();
    void redirectsLeadToEncryptionAndNotAway();
    void qtsTlsSaysThatItFollowsNoRedirect();
    void settingsForQtsTlsKeepRedirectsFromWss();
    void connectingEndsAtItsTimeout_data();
    void connectingEndsAtItsTimeout();
    void wrongSettingsAreToldAtOnceWithTheSystemsProxiesToo_data();
    void wrongSettingsAreToldAtOnceWithTheSystemsProxiesToo();
};

void tst_Ways::secureConnectionsGoThroughProxies_data()
{
    QTest::addColumn<bool>("isHttp");
    QTest::addColumn<int>("by");
    QTest::newRow("HTTP, the engine's TLS") << true << int(By::Engine);
    QTest::newRow("HTTP, Qt's TLS") << true << int(By::Qt);
    QTest::newRow("SOCKS5, the engine's TLS") << false << int(By::Engine);
    QTest::newRow("SOCKS5, Qt's TLS") << false << int(By::Qt);
}

void tst_Ways::secureConnectionsGoThroughProxies()
{
    QFETCH(bool, isHttp);
    QFETCH(int, by);
    SecureServer secure;
    Proxy proxy(isHttp ? Proxy::Kind::Tinyproxy : Proxy::Kind::Microsocks);
    WebSocket client;
    client.setSslConfiguration(configuration(By(by)));
    client.setProxy(isHttp ? proxy.http() : proxy.socks());
    client.open(secure.server.serverUrl());
    QVERIFY(isOver(client));
    QVERIFY2(client.isValid(), qPrintable(client.errorString()));
    QVERIFY(!client.peerCertificateChain().isEmpty());
    QVERIFY(waitFor([&] { return secure.server.hasPendingConnections(); }));
    const std::unique_ptr<WebSocket> peer(secure.server.nextPendingConnection());
    QString got;
    connect(peer.get(), &WebSocket::textMessageReceived,
            [&](const QString &message) { got = message; });
    client.sendTextMessage("through the proxy");
    QVERIFY(waitFor([&] { return got == "through the proxy"; }));
    // The proxy is gone, and nothing goes past it.
    const QNetworkProxy gone(isHttp ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy,
                             "127.0.0.1", 1);
    WebSocket other;
    other.setSslConfiguration(configuration(By(by)));
    other.setProxy(gone);
    other.open(secure.server.serverUrl());
    QVERIFY(isOver(other));
    QVERIFY(!other.isValid());
}

void tst_Ways::redirectsLeadToEncryptionAndNotAway()
{
    SecureServer secure;
    RawServer plain;
    const QByteArray location = secure.server.serverUrl().toEncoded();
    plain.answer = "HTTP/1.1 302 There\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
    const SecureRedirect between(secure.server.serverUrl());
    for (const QUrl &from : { plain.url(), between.url() }) {
        WebSocket client;
        client.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
        client.setSslConfiguration(configuration(By::Engine));
        client.open(from);
        QVERIFY(isOver(client));
        QVERIFY2(client.isValid(), qPrintable(client.errorString()));
        QCOMPARE(client.responseUrl().port(), int(secure.server.serverPort()));
        QCOMPARE(client.responseUrl().scheme(), QString("wss"));
        QVERIFY(!client.peerCertificateChain().isEmpty());
    }
    WebSocketServer open("test", WebSocketServer::NonSecureMode);
    QVERIFY(open.listen(QHostAddress::LocalHost));
    const SecureRedirect away(open.serverUrl());
    WebSocket client;
    client.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    client.setSslConfiguration(configuration(By::Engine));
    client.open(away.url());
    QVERIFY(isOver(client));
    QVERIFY(!client.isValid());
    QCOMPARE(client.responseStatus(), 302);
    QVERIFY2(client.errorString().contains("not encrypted"), qPrintable(client.errorString()));
    QVERIFY(!open.hasPendingConnections());
}

void tst_Ways::qtsTlsSaysThatItFollowsNoRedirect()
{
    SecureServer secure;
    const SecureRedirect between(secure.server.serverUrl());
    WebSocket client;
    client.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    client.setSslConfiguration(configuration(By::Qt));
    client.open(between.url());
    QVERIFY(isOver(client));
    QVERIFY(!client.isValid());
    QCOMPARE(client.responseStatus(), 302);
    QVERIFY2(client.errorString().contains("Qt's TLS"), qPrintable(client.errorString()));
}

void tst_Ways::settingsForQtsTlsKeepRedirectsFromWss()
{
    SecureServer secure;
    WebSocketServer open("test", WebSocketServer::NonSecureMode);
    QVERIFY(open.listen(QHostAddress::LocalHost));
    for (const bool isToSecure : { false, true }) {
        const QUrl to = isToSecure ? secure.server.serverUrl() : open.serverUrl();
        RawServer between;
        between.answer = "HTTP/1.1 302 There\r\nContent-Length: 0\r\nLocation: " + to.toEncoded()
            + "\r\n\r\n";
        WebSocket client;
        client.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
        client.setSslConfiguration(configuration(By::Qt));
        client.open(between.url());
        QVERIFY(isOver(client));
        QCOMPARE(client.isValid(), !isToSecure);
        if (isToSecure)
            QVERIFY2(client.errorString().contains("another scheme"),
                     qPrintable(client.errorString()));
    }
}

void tst_Ways::connectingEndsAtItsTimeout_data()
{
    QTest::addColumn<bool>("isProxy");
    QTest::newRow("a server") << false;
    QTest::newRow("a proxy") << true;
}

void tst_Ways::connectingEndsAtItsTimeout()
{
    QFETCH(bool, isProxy);
    const FullServer silent;
    WebSocketTcpOptions options;
    options.setConnectTimeout(std::chrono::milliseconds(200));
    WebSocketLimits limits;
    limits.setHandshakeTimeout(std::chrono::minutes(10));
    WebSocket client;
    client.setTcpOptions(options);
    client.setLimits(limits);
    quint16 port = silent.port();
    if (isProxy) {
        client.setProxy(QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1", port));
        port = 1;
    }
    client.open(QUrl(QString("ws://127.0.0.1:%1/").arg(port)));
    QVERIFY(isOver(client));
    QCOMPARE(client.error(),
             isProxy ? QAbstractSocket::ProxyConnectionTimeoutError
                     : QAbstractSocket::SocketTimeoutError);
    QVERIFY2(client.errorString().contains("connect_timeout (200 ms)"),
             qPrintable(client.errorString()));
}

void tst_Ways::wrongSettingsAreToldAtOnceWithTheSystemsProxiesToo_data()
{
    QTest::addColumn<bool>("isOfSystem");
    QTest::newRow("without") << false;
    QTest::newRow("with") << true;
}

void tst_Ways::wrongSettingsAreToldAtOnceWithTheSystemsProxiesToo()
{
    QFETCH(bool, isOfSystem);
    QNetworkProxyFactory::setUseSystemConfiguration(isOfSystem);
    QStringList log;
    WebSocketTls tls;
    tls.setPinnedKeys({ "too short" });
    WebSocket client;
    record(&client, &log);
    client.setTls(tls);
    client.open(QUrl("wss://server.example/"));
    QNetworkProxyFactory::setUseSystemConfiguration(false);
    QCOMPARE(log.filter("errorOccurred").size(), 1);
    QCOMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QVERIFY2(!log.contains("ConnectingState"), qPrintable(log.join('|')));
}

QTEST_MAIN(tst_Ways)
#include "tst_ways.moc"
