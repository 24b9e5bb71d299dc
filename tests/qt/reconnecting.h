// What the tests of reconnecting share: servers that end and come back, and what is planned.
#pragma once

#include "support.h"

#include <chrono>
#include <utility>

using namespace std::chrono_literals;

using Attempt = std::pair<int, qint64>;

inline WebSocketReconnect quick()
{
    WebSocketReconnect options;
    options.setEnabled(true);
    options.setInitialDelay(10ms);
    options.setMaximumDelay(50ms);
    options.setJitter(0);
    return options;
}

/// For whoever only looks at what is planned.
inline WebSocketReconnect slow()
{
    WebSocketReconnect options;
    options.setEnabled(true);
    options.setInitialDelay(10min);
    options.setMaximumDelay(10min);
    return options;
}

/// A server that greets, on a port that it can come back to.
struct Server
{
    std::unique_ptr<WebSocketServer> server;
    QPointer<WebSocket> peer;
    quint16 port = 0;
    int accepted = 0;

    Server() { start(); }

    void start()
    {
        server = std::make_unique<WebSocketServer>("test", WebSocketServer::NonSecureMode);
        server->setSupportedSubprotocols({"bird"});
        QObject::connect(server.get(), &WebSocketServer::newConnection, [this] {
            peer = server->nextPendingConnection();
            peer->setParent(server.get());
            ++accepted;
            peer->sendTextMessage(QString("hello %1").arg(accepted));
        });
        QVERIFY2(server->listen(QHostAddress::LocalHost, port),
                 qPrintable(server->errorString()));
        port = server->serverPort();
    }
    /// Without a Close frame, as a server that is killed.
    void stop()
    {
        if (peer)
            peer->abort();
        server.reset();
    }
    QUrl url() const { return QUrl(QString("ws://127.0.0.1:%1/birds?n=1").arg(port)); }
};

/// What reconnectScheduled() told.
inline QList<Attempt> *attemptsOf(WebSocket &socket)
{
    auto *const attempts = new QList<Attempt>;
    QObject::connect(&socket, &WebSocket::reconnectScheduled,
                     [attempts](int number, qint64 delay) { attempts->append({number, delay}); });
    QObject::connect(&socket, &QObject::destroyed, [attempts] { delete attempts; });
    return attempts;
}

/// A TCP server that answers every request with the same bytes, and closes.
class Refuser
{
public:
    explicit Refuser(const QByteArray &answer)
    {
        m_tcp.listen(QHostAddress::LocalHost);
        QObject::connect(&m_tcp, &QTcpServer::newConnection, &m_tcp, [this, answer] {
            QTcpSocket *const socket = m_tcp.nextPendingConnection();
            ++requests;
            QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, answer] {
                if (!socket->readAll().endsWith("\r\n\r\n"))
                    return;
                socket->write(answer);
                socket->disconnectFromHost();
            });
        });
    }
    QUrl url() const { return QUrl(QString("ws://127.0.0.1:%1/").arg(m_tcp.serverPort())); }

    int requests = 0;

private:
    QTcpServer m_tcp;
};

inline QUrl closedPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return QUrl(QString("ws://127.0.0.1:%1/").arg(server.serverPort()));
}

/// What quick() plans has happened by then.
inline bool anotherComesBack()
{
    WebSocket other;
    other.setReconnect(quick());
    const auto *const attempts = attemptsOf(other);
    other.open(closedPort());
    return waitFor([&] { return attempts->size() >= 2; });
}
