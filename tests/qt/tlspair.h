// What the tests of TLS share: a pair that is connected by wss.
#pragma once

#include "support.h"

#include "certificates.h"

using Certificates::certificate;
using Certificates::configuration;

inline QList<QSslError::SslError> codes(const QList<QSslError> &errors)
{
    QList<QSslError::SslError> codes;
    for (const QSslError &error : errors)
        codes.append(error.error());
    return codes;
}

/// A server with TLS, a client that trusts our root, and the server's side of it.
struct TlsPair
{
    QStringList log;
    QList<QSslError> errors;
    WebSocketServer server{"test", WebSocketServer::SecureMode};
    std::unique_ptr<WebSocket> client = std::make_unique<WebSocket>();
    QPointer<WebSocket> peer;

    explicit TlsPair(const QString &name = "ec")
    {
        server.setSslConfiguration(configuration(name));
        client->setSslConfiguration(configuration());
        record(client.get(), &log);
        QObject::connect(client.get(), &WebSocket::peerVerifyError,
                         [this] { log.append("peerVerifyError"); });
        QObject::connect(client.get(), &WebSocket::sslErrors,
                         [this](const QList<QSslError> &found) {
                             log.append("sslErrors");
                             errors = found;
                         });
        QObject::connect(&server, &WebSocketServer::newConnection, &server, [this] {
            peer = server.nextPendingConnection();
            peer->setParent(&server);
            QObject::connect(peer, &WebSocket::textMessageReceived, peer,
                             [socket = peer.data()](const QString &text) {
                                 socket->sendTextMessage("echo " + text);
                             });
        });
    }

    bool listen() { return server.isListening() || server.listen(QHostAddress::LocalHost); }
    QUrl url() const { return QUrl(QString("wss://localhost:%1/").arg(server.serverPort())); }
    void begin()
    {
        QVERIFY2(listen(), qPrintable(server.errorString()));
        client->open(url());
    }
    bool opens()
    {
        begin();
        waitFor([this] {
            return (peer && client->isValid())
                || client->state() == QAbstractSocket::UnconnectedState;
        });
        return client->isValid() && waitFor([this] { return !peer.isNull(); });
    }
    bool echoes()
    {
        QString answer;
        const auto connection =
            QObject::connect(client.get(), &WebSocket::textMessageReceived,
                             [&answer](const QString &text) { answer = text; });
        client->sendTextMessage("bird");
        const bool isAnswered = waitFor([&] { return answer == "echo bird"; });
        QObject::disconnect(connection);
        return isAnswered;
    }
    bool fails()
    {
        begin();
        return waitFor([this] { return log.contains("disconnected"); });
    }
};
