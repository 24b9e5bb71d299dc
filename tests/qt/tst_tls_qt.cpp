// Qt's TLS where the engine's can't do what is asked for.
#include "tlspair.h"

#include "../tsan/handover.h"

#include <QtCore/QThread>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslPreSharedKeyAuthenticator>
#include <QtNetwork/QSslSocket>

class tst_TlsQt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesQtForWhatTheEngineHasNot();
    void speaksPreSharedKeysByQt();
    void mayBeDestroyedMovedAndClosedInsideQtsTls_data();
    void mayBeDestroyedMovedAndClosedInsideQtsTls();
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
    const auto answer = [](QSslPreSharedKeyAuthenticator *authenticator) {
        authenticator->setIdentity("bird");
        authenticator->setPreSharedKey("a secret that both know");
    };
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair.client->setSslConfiguration(wanted);
    pair.server.setSslConfiguration(wanted);
    connect(pair.client.get(), &WebSocket::preSharedKeyAuthenticationRequired, answer);
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, answer);
    QVERIFY2(pair.opens(), qPrintable(pair.client->errorString()));
    QVERIFY(pair.echoes());
    QVERIFY(pair.client->sessionCipherName().startsWith("PSK-"));
}

void tst_TlsQt::mayBeDestroyedMovedAndClosedInsideQtsTls_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"destroy", "move", "move twice", "close", "reopen"})
        QTest::newRow(what) << QString(what);
}

/// The signal about pre-shared keys comes from inside the QSslSocket.
void tst_TlsQt::mayBeDestroyedMovedAndClosedInsideQtsTls()
{
    QFETCH(QString, what);
    TlsPair pair;
    QSslConfiguration wanted = configuration();
    wanted.setProtocol(QSsl::TlsV1_2);
    wanted.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    wanted.setPeerVerifyMode(QSslSocket::VerifyNone);
    pair.client->setSslConfiguration(wanted);
    pair.server.setSslConfiguration(wanted);
    QThread thread;
    thread.start();
    QPointer<WebSocket> client = pair.client.get();
    std::atomic<bool> isConnected{false};
    int asked = 0;
    const auto answer = [](QSslPreSharedKeyAuthenticator *authenticator) {
        authenticator->setIdentity("bird");
        authenticator->setPreSharedKey("a secret that both know");
    };
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, answer);
    LoopThread second;
    connect(&pair.server, &WebSocketServer::preSharedKeyAuthenticationRequired, [&] {
        if (what == "move twice")
            callThere(client, [&] { client->moveToThread(&second); });
    });
    connect(client, &WebSocket::connected, [&] { isConnected = true; });
    connect(client, &WebSocket::preSharedKeyAuthenticationRequired,
            [&](QSslPreSharedKeyAuthenticator *authenticator) {
                answer(authenticator);
                if (asked++ > 0)
                    return;
                if (what == "destroy")
                    delete pair.client.release();
                else if (what.startsWith("move"))
                    pair.client->moveToThread(&thread);
                else if (what == "close")
                    pair.client->close();
                else
                    pair.client->open(pair.url());
            });
    pair.begin();
    if (what == "destroy")
        QVERIFY(waitFor([&] { return client.isNull(); }));
    else if (what == "close")
        QVERIFY(waitFor([&] { return client->state() == QAbstractSocket::UnconnectedState; }));
    else
        QVERIFY(waitFor([&] { return isConnected.load(); }));
    if (what.startsWith("move")) {
        WebSocket *const moved = pair.client.release();
        callThere(moved, [moved] { delete moved; });
    }
    thread.quit();
    thread.wait();
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
