// Which TLS the drop-in takes: the engine's, or Qt's for programs that look at it.
#include "support.h"

#include "certificates.h"

#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

namespace {

using Certificates::certificate;
using Certificates::configuration;

/// A server and a client that say nothing of TLS but the server's certificate.
struct QuietPair
{
    QWebSocketServer server{"test", QWebSocketServer::SecureMode};
    QWebSocket client;
    std::unique_ptr<QWebSocket> peer;

    QuietPair() { server.setSslConfiguration(configuration("ec")); }

    QUrl url() const { return QUrl(QString("wss://localhost:%1/").arg(server.serverPort())); }
    bool opens()
    {
        if (!server.isListening()) {
            server.listen(QHostAddress::LocalHost);
            QObject::connect(&server, &QWebSocketServer::newConnection, &server,
                             [this] { peer.reset(server.nextPendingConnection()); });
        }
        peer.reset();
        client.open(url());
        return waitFor([this] { return peer && client.isValid(); });
    }
    /// Only a QSslSocket can tell.
    static bool isQts(const QWebSocket &socket)
    {
        return !socket.sslConfiguration().sessionCipher().isNull();
    }
};

} // namespace

class tst_DropInTls : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void isTheEnginesForWhoSaysNothing();
    void isQtsForAClientThatFollowsItsSignals();
    void isQtsForAClientWithAConfiguration();
    void isQtsForAServerThatFollowsItsSignals();
    void isQtsForAServerThatAsksItsClients();
    void isWhatAPropertyOrTheEnvironmentSays();
    void isQtsThroughAProxy();
    void engineRefusesAndSaysWhich();

private:
    QSslConfiguration m_default;
};

/// Everybody trusts our root.
void tst_DropInTls::initTestCase()
{
    m_default = QSslConfiguration::defaultConfiguration();
    QSslConfiguration trusting = m_default;
    trusting.setCaCertificates({certificate("root")});
    QSslConfiguration::setDefaultConfiguration(trusting);
}

void tst_DropInTls::cleanupTestCase()
{
    QSslConfiguration::setDefaultConfiguration(m_default);
}

void tst_DropInTls::isTheEnginesForWhoSaysNothing()
{
    QuietPair pair;
    QVERIFY2(pair.opens(), qPrintable(pair.client.errorString()));
    QVERIFY(!QuietPair::isQts(pair.client));
    QVERIFY(!QuietPair::isQts(*pair.peer));
}

void tst_DropInTls::isQtsForAClientThatFollowsItsSignals()
{
    QuietPair pair;
    QObject::connect(&pair.client, &QWebSocket::sslErrors, [] {});
    QVERIFY(pair.opens());
    QVERIFY(QuietPair::isQts(pair.client));
    QCOMPARE(pair.client.sslConfiguration().peerCertificate(), certificate("ec"));
    QVERIFY(!QuietPair::isQts(*pair.peer));
}

void tst_DropInTls::isQtsForAClientWithAConfiguration()
{
    QuietPair pair;
    pair.client.setSslConfiguration(configuration());
    QVERIFY(pair.opens());
    QVERIFY(QuietPair::isQts(pair.client));
}

void tst_DropInTls::isQtsForAServerThatFollowsItsSignals()
{
    QuietPair pair;
    QVERIFY(pair.opens());
    QVERIFY(!QuietPair::isQts(*pair.peer));
    QObject::connect(&pair.server, &QWebSocketServer::sslErrors, [] {});
    QVERIFY(pair.opens());
    QVERIFY(QuietPair::isQts(*pair.peer));
}

void tst_DropInTls::isQtsForAServerThatAsksItsClients()
{
    QuietPair pair;
    QSslConfiguration asking = configuration("ec");
    asking.setPeerVerifyMode(QSslSocket::QueryPeer);
    pair.server.setSslConfiguration(asking);
    QVERIFY(pair.opens());
    QVERIFY(QuietPair::isQts(*pair.peer));
}

void tst_DropInTls::isWhatAPropertyOrTheEnvironmentSays()
{
    QuietPair pair;
    pair.client.setSslConfiguration(configuration());
    pair.client.setProperty("wirebirdTls", "engine");
    QVERIFY(pair.opens());
    QVERIFY(!QuietPair::isQts(pair.client));
    pair.client.setProperty("wirebirdTls", "qt");
    QVERIFY(pair.opens());
    QVERIFY(QuietPair::isQts(pair.client));
    pair.client.setProperty("wirebirdTls", QVariant());
    qputenv("WIREBIRD_TLS", "engine");
    const bool isOpen = pair.opens();
    qunsetenv("WIREBIRD_TLS");
    QVERIFY(isOpen);
    QVERIFY(!QuietPair::isQts(pair.client));
}

/// A proxy of a few lines (RFC 9110 section 9.3.6).
void tst_DropInTls::isQtsThroughAProxy()
{
    QTcpServer proxy;
    QVERIFY(proxy.listen(QHostAddress::LocalHost));
    QByteArray asked;
    QuietPair pair;
    QObject::connect(&proxy, &QTcpServer::newConnection, &proxy, [&] {
        QTcpSocket *const near = proxy.nextPendingConnection();
        auto *const far = new QTcpSocket(near);
        far->connectToHost(QHostAddress::LocalHost, pair.server.serverPort());
        QObject::connect(near, &QTcpSocket::readyRead, far, [near, far, &asked] {
            const QByteArray bytes = near->readAll();
            if (!asked.isEmpty()) {
                far->write(bytes);
                return;
            }
            asked = bytes;
            near->write("HTTP/1.1 200 Connected\r\n\r\n");
        });
        QObject::connect(far, &QTcpSocket::readyRead, near,
                         [near, far] { near->write(far->readAll()); });
    });
    pair.client.setSslConfiguration(configuration());
    pair.client.setProxy(
        QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1", proxy.serverPort()));
    QVERIFY2(pair.opens(), qPrintable(pair.client.errorString()));
    QVERIFY2(asked.startsWith("CONNECT localhost:"), asked);
    QVERIFY(QuietPair::isQts(pair.client));
    pair.client.abort();
}

void tst_DropInTls::engineRefusesAndSaysWhich()
{
    QuietPair pair;
    pair.server.setSslConfiguration(configuration("expired"));
    QVERIFY(pair.server.listen(QHostAddress::LocalHost));
    QStringList log;
    QWebSocket client;
    follow(&client, &log);
    client.open(pair.url());
    QVERIFY(waitFor([&] { return log.contains("readChannelFinished"); }));
    QCOMPARE(log, QStringList({"Connecting", "error 13 in Connecting", "Unconnected",
                               "disconnected 1000 \"\"", "readChannelFinished"}));
    QVERIFY2(client.errorString().contains("expired"), qPrintable(client.errorString()));
    QVERIFY2(client.errorString().contains("localhost"), qPrintable(client.errorString()));
}

QTEST_GUILESS_MAIN(tst_DropInTls)
#include "tst_dropin_tls.moc"
