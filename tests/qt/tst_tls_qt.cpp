// Qt's TLS where the engine's can't do what is asked for.
#include "tlspair.h"

#include "../tsan/handover.h"

#include <QtCore/QThread>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslPreSharedKeyAuthenticator>
#include <QtNetwork/QSslSocket>

namespace {

/// Both know the same key, and nothing else.
void useKeys(TlsPair *pair)
{
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair->client->setSslConfiguration(wanted);
    pair->server.setSslConfiguration(wanted);
    const auto answer = [](QSslPreSharedKeyAuthenticator *authenticator) {
        authenticator->setIdentity("bird");
        authenticator->setPreSharedKey("a secret that both know");
    };
    QObject::connect(pair->client.get(), &WebSocket::preSharedKeyAuthenticationRequired, answer);
    QObject::connect(&pair->server, &WebSocketServer::preSharedKeyAuthenticationRequired, answer);
}

} // namespace

class tst_TlsQt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesQtForWhatTheEngineHasNot();
    void speaksPreSharedKeysByQt();
    void movesTwiceInsideQtsTls();
    void movesWithQtsTls();
    void changesTheTlsOfAServerThatListens();
};

void tst_TlsQt::takesQtForWhatTheEngineHasNot()
{
    TlsPair pair;
    QSslConfiguration wanted = configuration();
    const QSslCipher cipher(QStringLiteral("ECDHE-ECDSA-AES256-GCM-SHA384"));
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({cipher});
    pair.client->setSslConfiguration(wanted);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
    QCOMPARE(pair.client->sslConfiguration().sessionCipher().name(), cipher.name());
    QVERIFY(pair.echoes());
    pair.client->abort();

    pair.client->setProperty("wirebirdTls", "engine");
    pair.client->open(pair.url());
    QTRY_COMPARE(pair.client->state(), QAbstractSocket::UnconnectedState);
    QVERIFY2(pair.client->errorString().contains("ciphers()"),
             qPrintable(pair.client->errorString()));
}

void tst_TlsQt::speaksPreSharedKeysByQt()
{
    TlsPair pair;
    useKeys(&pair);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
    QVERIFY(pair.echoes());
    QVERIFY(pair.client->sessionCipherName().startsWith("PSK-"));
}

/// The signal about pre-shared keys comes from inside the QSslSocket, which follows when it
/// has come back, and then once more.
void tst_TlsQt::movesTwiceInsideQtsTls()
{
    LoopThread first;
    LoopThread second;
    TlsPair pair;
    useKeys(&pair);
    WebSocket *const client = pair.client.get();
    std::atomic<bool> isConnected{false};
    connect(client, &WebSocket::connected, client, [&] { isConnected = true; });
    connect(client, &WebSocket::preSharedKeyAuthenticationRequired, client,
            [&] { client->moveToThread(&first); });
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, [&] {
        callThere(client, [&] { client->moveToThread(&second); });
    });
    pair.begin();
    QVERIFY(waitFor([&] { return isConnected.load(); }));
    callThere(client, [&] { delete pair.client.release(); });
}

void tst_TlsQt::movesWithQtsTls()
{
    TlsPair pair;
    pair.client->setProperty("wirebirdTls", "qt");
    auto thread = std::make_unique<QThread>();
    thread->start();
    WebSocket *const client = pair.client.get();
    QVERIFY(pair.listen());
    client->open(pair.url());
    client->moveToThread(thread.get()); // while it connects
    std::atomic<int> answers{0};
    connect(client, &WebSocket::textMessageReceived, client, [&] { ++answers; });
    const auto send = [client] {
        QMetaObject::invokeMethod(client, [client] { client->sendTextMessage("bird"); });
    };
    QVERIFY(waitFor([&] { return !pair.peer.isNull(); }));
    QVERIFY(waitFor([&] {
        bool isValid = false;
        callThere(client, [&] { isValid = client->isValid(); });
        return isValid;
    }));
    send();
    QVERIFY(waitFor([&] { return answers == 1; }));
    callThere(client, [client] { client->moveToThread(qApp->thread()); });
    thread->quit();
    thread->wait();
    thread.reset(); // the connection lives on without it
    send();
    QVERIFY(waitFor([&] { return answers == 2; }));
    client->close();
    QVERIFY(waitFor([&] { return client->state() == QAbstractSocket::UnconnectedState; }));
}

void tst_TlsQt::changesTheTlsOfAServerThatListens()
{
    TlsPair pair;
    QVERIFY(pair.opens());
    QVERIFY(pair.peer->sslConfiguration().sessionCipher().isNull());
    const quint16 port = pair.server.serverPort();
    for (const char *by : {"qt", "engine", "qt"}) {
        pair.peer = nullptr;
        pair.server.setProperty("wirebirdTls", by);
        pair.server.setSslConfiguration(configuration("rsa"));
        QCOMPARE(pair.server.serverPort(), port);
        QVERIFY(pair.server.isListening());
        WebSocket next;
        next.setSslConfiguration(configuration());
        next.open(pair.url());
        QVERIFY2(waitFor([&] { return next.isValid() && pair.peer; }), by);
        const bool isByEngine = pair.peer->sslConfiguration().sessionCipher().isNull();
        QCOMPARE(isByEngine, QByteArray(by) == "engine");
    }
    pair.server.close();
    QVERIFY(!pair.server.isListening());
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost, port)); // nobody holds the port
}

QTEST_GUILESS_MAIN(tst_TlsQt)
#include "tst_tls_qt.moc"
