// handleConnection(): devices of the application, encrypted ones too, and what becomes of them.
#include "support.h"

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QLocalSocket>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

namespace {

/// One end of a pipe between two objects of this process: a device that is no socket.
class Pipe : public QIODevice
{
public:
    static std::pair<std::unique_ptr<Pipe>, std::unique_ptr<Pipe>> makePair()
    {
        std::pair<std::unique_ptr<Pipe>, std::unique_ptr<Pipe>> ends(new Pipe, new Pipe);
        ends.first->m_other = ends.second.get();
        ends.second->m_other = ends.first.get();
        return ends;
    }
    ~Pipe() override { hangUp(); }

    bool isSequential() const override { return true; }
    qint64 bytesAvailable() const override
    {
        return m_arrived.size() + QIODevice::bytesAvailable();
    }
    void close() override
    {
        QIODevice::close();
        hangUp();
    }

protected:
    qint64 readData(char *data, qint64 most) override
    {
        const auto length = std::min<qint64>(most, m_arrived.size());
        std::copy_n(m_arrived.constData(), length, data);
        m_arrived.remove(0, int(length));
        return length;
    }
    qint64 writeData(const char *data, qint64 length) override
    {
        if (!m_other)
            return -1;
        m_other->m_arrived.append(data, int(length));
        QMetaObject::invokeMethod(m_other, &QIODevice::readyRead, Qt::QueuedConnection);
        QMetaObject::invokeMethod(
            this, [this, length] { Q_EMIT bytesWritten(length); }, Qt::QueuedConnection);
        return length;
    }

private:
    Pipe() { open(QIODevice::ReadWrite | QIODevice::Unbuffered); }
    void hangUp()
    {
        if (!m_other)
            return;
        QMetaObject::invokeMethod(m_other, &QIODevice::readChannelFinished, Qt::QueuedConnection);
        m_other->m_other = nullptr;
        m_other = nullptr;
    }

    QByteArray m_arrived;
    QPointer<Pipe> m_other;
};

/// Gives sockets that speak TLS with a key of its own.
class TlsServer : public QTcpServer
{
public:
    QSslSocket *accepted = nullptr;

    bool start()
    {
        QProcess openssl;
        openssl.start("openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt",
                                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                                  "-subj", "/CN=localhost", "-keyout", m_folder.filePath("key"),
                                  "-out", m_folder.filePath("certificate")});
        return openssl.waitForFinished() && openssl.exitCode() == 0
            && listen(QHostAddress::LocalHost);
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        QFile key(m_folder.filePath("key"));
        QFile certificate(m_folder.filePath("certificate"));
        accepted = new QSslSocket;
        accepted->setSocketDescriptor(descriptor);
        if (key.open(QIODevice::ReadOnly) && certificate.open(QIODevice::ReadOnly)) {
            accepted->setPrivateKey(QSslKey(&key, QSsl::Ec));
            accepted->setLocalCertificate(QSslCertificate(&certificate));
        }
        accepted->startServerEncryption();
    }

private:
    QTemporaryDir m_folder;
};

/// Both ends of a connection; the server's is given away.
struct Link
{
    std::unique_ptr<QIODevice> client;
    std::unique_ptr<QIODevice> served;
};

Link connectTcp()
{
    QTcpServer listener;
    listener.listen(QHostAddress::LocalHost);
    auto client = std::make_unique<QTcpSocket>();
    client->connectToHost(QHostAddress::LocalHost, listener.serverPort());
    waitFor([&] { return listener.hasPendingConnections(); });
    std::unique_ptr<QTcpSocket> served(listener.nextPendingConnection());
    if (served)
        served->setParent(nullptr);
    waitFor([&] { return client->state() == QAbstractSocket::ConnectedState; });
    return {std::move(client), std::move(served)};
}

Link connectTls()
{
    TlsServer listener;
    if (!listener.start())
        return {};
    auto client = std::make_unique<QSslSocket>();
    client->setPeerVerifyMode(QSslSocket::VerifyNone);
    client->connectToHostEncrypted("127.0.0.1", listener.serverPort());
    if (!waitFor([&] {
            return client->isEncrypted() && listener.accepted && listener.accepted->isEncrypted();
        }))
        return {};
    return {std::move(client), std::unique_ptr<QIODevice>(listener.accepted)};
}

Link connectLocal()
{
    QTemporaryDir folder;
    QLocalServer listener;
    listener.listen(folder.filePath("socket"));
    auto client = std::make_unique<QLocalSocket>();
    client->connectToServer(listener.fullServerName());
    waitFor([&] { return listener.hasPendingConnections(); });
    std::unique_ptr<QLocalSocket> served(listener.nextPendingConnection());
    if (served)
        served->setParent(nullptr);
    return {std::move(client), std::move(served)};
}

Link connectPipe()
{
    auto ends = Pipe::makePair();
    return {std::move(ends.first), std::move(ends.second)};
}

const QByteArray request = "GET /device HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\n"
                           "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                           "Sec-WebSocket-Version: 13\r\n\r\n";

/// A client's binary frame of any length; the mask is 0.
QByteArray longFrame(const QByteArray &payload)
{
    QByteArray frame("\x82\xFF", 2);
    for (int shift = 56; shift >= 0; shift -= 8)
        frame.append(char(quint64(payload.size()) >> shift));
    return frame + QByteArray(4, '\0') + payload;
}

} // namespace

class tst_Devices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void messagesGoBothWays_data() { kinds(); }
    void messagesGoBothWays();
    void theServersCloseReachesTheClientAndEndsTheDevice_data() { kinds(); }
    void theServersCloseReachesTheClientAndEndsTheDevice();
    void theClientsCloseIsAnswered_data() { kinds(); }
    void theClientsCloseIsAnswered();
    void aClientThatIsGoneIsADrop_data() { kinds(); }
    void aClientThatIsGoneIsADrop();
    void aRefusalIsAnswered_data() { kinds(); }
    void aRefusalIsAnswered();
    void anEncryptedSocketSendsNothingPlain();
    void aDeviceDestroyedByItsOwnerIsADrop();
    void noDeviceIsNothing();
    void theEndIsSaidToAClientThatWaitsForIt_data() { kinds(); }
    void theEndIsSaidToAClientThatWaitsForIt();

private:
    void kinds();
    void take(const char *kind);
    bool serve();

    Link m_link;
    QByteArray m_received;
    std::unique_ptr<WebSocketServer> m_server;
    std::unique_ptr<WebSocket> m_socket;
    QPointer<QIODevice> m_device;
};

void tst_Devices::initTestCase()
{
    QVERIFY2(QSslSocket::supportsSsl(), "Qt has no TLS here: install OpenSSL");
}

void tst_Devices::kinds()
{
    QTest::addColumn<QByteArray>("kind");
    for (const char *kind : {"tcp", "tls", "local", "pipe"})
        QTest::newRow(kind) << QByteArray(kind);
}

void tst_Devices::take(const char *kind)
{
    const QByteArray name(kind);
    m_socket.reset();
    m_link = {};
    m_received.clear();
    m_link = name == "tcp" ? connectTcp() : name == "tls" ? connectTls()
           : name == "local" ? connectLocal() : connectPipe();
    QVERIFY(m_link.client && m_link.served);
    connect(m_link.client.get(), &QIODevice::readyRead, this,
            [this, client = m_link.client.get()] { m_received += client->readAll(); });
    m_device = m_link.served.get();
    m_server = std::make_unique<WebSocketServer>("", WebSocketServer::NonSecureMode);
    m_server->handleConnection(m_link.served.release());
    m_link.client->write(request);
}

/// Until both sides are open.
bool tst_Devices::serve()
{
    if (!waitFor([&] { return m_server->hasPendingConnections(); }))
        return false;
    m_socket.reset(m_server->nextPendingConnection());
    if (!waitFor([&] { return m_received.contains("\r\n\r\n"); }))
        return false;
    const bool isAccepted = m_received.startsWith("HTTP/1.1 101 ");
    m_received.remove(0, m_received.indexOf("\r\n\r\n") + 4);
    return isAccepted;
}

void tst_Devices::messagesGoBothWays()
{
    QFETCH(QByteArray, kind);
    take(kind);
    QVERIFY(serve());
    QCOMPARE(m_socket->requestUrl(), QUrl("ws://example.org/device"));
    const bool hasAddress = kind == "tcp" || kind == "tls";
    QCOMPARE(m_socket->peerAddress().isNull(), !hasAddress);
    QByteArrayList messages;
    connect(m_socket.get(), &WebSocket::binaryMessageReceived,
            [&](const QByteArray &message) { messages << message; });
    // More than any of the buffers in between.
    const QByteArray large(900'000, 'L');
    m_link.client->write(maskedFrame(0x82, "small"));
    m_link.client->write(longFrame(large));
    QVERIFY(waitFor([&] { return messages.size() == 2; }));
    QCOMPARE(messages.at(0), QByteArray("small"));
    QVERIFY(messages.at(1) == large);
    m_socket->sendTextMessage("hello");
    m_socket->sendBinaryMessage(QByteArray(300'000, 'x'));
    const QByteArray expected = plainFrame(0x81, "hello") + QByteArray("\x82\x7F\0\0\0\0\0\x04\x93\xE0", 10)
        + QByteArray(300'000, 'x');
    QVERIFY(waitFor([&] { return m_received.size() >= expected.size(); }));
    QVERIFY(m_received == expected);
}

void tst_Devices::theServersCloseReachesTheClientAndEndsTheDevice()
{
    QFETCH(QByteArray, kind);
    take(kind);
    QVERIFY(serve());
    m_socket->close(CloseCode(4001), "over");
    QVERIFY(waitFor([&] { return m_received == plainFrame(0x88, "\x0F\xA1over"); }));
    m_link.client->write(maskedFrame(0x88, "\x0F\xA1"));
    QVERIFY(waitFor([&] { return m_socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(m_socket->closeCode(), CloseCode(4001));
    QVERIFY(waitFor([&] { return m_device.isNull(); }));
}

void tst_Devices::theClientsCloseIsAnswered()
{
    QFETCH(QByteArray, kind);
    take(kind);
    QVERIFY(serve());
    m_link.client->write(maskedFrame(0x88, "\x0F\xA2" "bye"));
    QVERIFY(waitFor([&] { return m_received == plainFrame(0x88, "\x0F\xA2"); }));
    QVERIFY(waitFor([&] { return m_socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(m_socket->closeCode(), CloseCode(4002));
    QCOMPARE(m_socket->closeReason(), QString("bye"));
    QVERIFY(waitFor([&] { return m_device.isNull(); }));
}

void tst_Devices::aClientThatIsGoneIsADrop()
{
    QFETCH(QByteArray, kind);
    take(kind);
    QVERIFY(serve());
    QSignalSpy disconnected(m_socket.get(), &WebSocket::disconnected);
    m_link.client.reset();
    QVERIFY(waitFor([&] { return disconnected.size() == 1; }));
    QCOMPARE(m_socket->closeCode(), CloseCodeAbnormalDisconnection);
    QVERIFY(waitFor([&] { return m_device.isNull(); }));
}

void tst_Devices::aRefusalIsAnswered()
{
    QFETCH(QByteArray, kind);
    take(kind);
    connect(m_server.get(), &WebSocketServer::originAuthenticationRequired,
            [](WebSocketCorsAuthenticator *authenticator) { authenticator->setAllowed(false); });
    QVERIFY(waitFor([&] { return m_received.startsWith("HTTP/1.1 403 "); }));
    QVERIFY(!m_server->hasPendingConnections());
    QVERIFY(waitFor([&] { return m_device.isNull(); }));
}

void tst_Devices::anEncryptedSocketSendsNothingPlain()
{
    // Between client and server, reading along.
    TlsServer listener;
    QVERIFY(listener.start());
    QTcpServer between;
    QVERIFY(between.listen(QHostAddress::LocalHost));
    QByteArray seen;
    connect(&between, &QTcpServer::newConnection, &between, [&] {
        QTcpSocket *const near = between.nextPendingConnection();
        auto *const far = new QTcpSocket(near);
        far->connectToHost(QHostAddress::LocalHost, listener.serverPort());
        const auto pass = [&seen](QTcpSocket *from, QTcpSocket *to) {
            connect(from, &QTcpSocket::readyRead, to, [&seen, from, to] {
                const QByteArray bytes = from->readAll();
                seen += bytes;
                to->write(bytes);
            });
        };
        pass(near, far);
        pass(far, near);
    });
    QSslSocket client;
    client.setPeerVerifyMode(QSslSocket::VerifyNone);
    client.connectToHostEncrypted("127.0.0.1", between.serverPort());
    QVERIFY(waitFor([&] { return client.isEncrypted() && listener.accepted
        && listener.accepted->isEncrypted(); }));
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    server.handleConnection(listener.accepted);
    client.write(request);
    QVERIFY(waitFor([&] { return server.hasPendingConnections(); }));
    const std::unique_ptr<WebSocket> socket(server.nextPendingConnection());
    socket->sendTextMessage("not for everybody");
    QVERIFY(waitFor([&] { return client.peek(4096).contains("not for everybody"); }));
    QVERIFY(!seen.isEmpty());
    QVERIFY(!seen.contains("not for everybody"));
    QVERIFY(!seen.contains("HTTP/1.1"));
}

void tst_Devices::aDeviceDestroyedByItsOwnerIsADrop()
{
    take("tcp");
    QVERIFY(serve());
    QSignalSpy disconnected(m_socket.get(), &WebSocket::disconnected);
    delete m_device;
    QVERIFY(waitFor([&] { return disconnected.size() == 1; }));
    QCOMPARE(m_socket->closeCode(), CloseCodeAbnormalDisconnection);
}

void tst_Devices::noDeviceIsNothing()
{
    WebSocketServer server("", WebSocketServer::NonSecureMode);
    server.handleConnection(nullptr);
    QVERIFY(!server.hasPendingConnections());
}

/// A client leaves the end of TCP to the server (RFC 6455 section 7.1.1).
void tst_Devices::theEndIsSaidToAClientThatWaitsForIt()
{
    QFETCH(QByteArray, kind);
    take(kind);
    WebSocketLimits limits = m_server->limits();
    limits.setCloseTimeout(std::chrono::hours(1));
    m_server->setLimits(limits);
    QVERIFY(serve());
    bool isOver = false;
    connect(m_link.client.get(), &QIODevice::readChannelFinished, this, [&] { isOver = true; });
    if (auto *const local = qobject_cast<QLocalSocket *>(m_link.client.get()))
        connect(local, &QLocalSocket::disconnected, this, [&] { isOver = true; });
    const QByteArray message = longFrame(QByteArray(500'000, 'x'));
    m_socket->sendBinaryMessage(QByteArray(500'000, 'y'));
    m_link.client->write(message + maskedFrame(0x88, "\x03\xE8"));
    QVERIFY(waitFor([&] { return isOver; }));
    const QByteArray expected = QByteArray("\x82\x7F\0\0\0\0\0\x07\xA1\x20", 10)
        + QByteArray(500'000, 'y') + plainFrame(0x88, "\x03\xE8");
    m_received += m_link.client->readAll();
    QVERIFY2(m_received == expected, qPrintable(QString::number(m_received.size())));
    m_link.client->close();
    QVERIFY(waitFor([&] { return m_socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(m_socket->closeCode(), CloseCodeNormal);
    QVERIFY(waitFor([&] { return m_device.isNull(); }));
}

QTEST_GUILESS_MAIN(tst_Devices)
#include "tst_devices.moc"
