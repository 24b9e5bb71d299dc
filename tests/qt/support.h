// What the tests share: a connected pair, the log of a socket's signals, and
// plain TCP peers that say exactly what a test tells them to.
#pragma once

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/QCryptographicHash>
#include <QtCore/QPointer>
#include <QtCore/QStringList>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QtTest>

#include <functional>
#include <memory>

using namespace Wirebird;
using namespace Wirebird::WebSocketProtocol;

inline bool waitFor(const std::function<bool()> &condition, int milliseconds = 10000)
{
    return QTest::qWaitFor(condition, milliseconds);
}

/// Follows the signals of a socket as text, with its state where it matters.
inline void record(WebSocket *socket, QStringList *log)
{
    const auto add = [log](const QString &line) { log->append(line); };
    const auto stateName = [](QAbstractSocket::SocketState state) {
        return QVariant::fromValue(state).toString();
    };
    QObject::connect(socket, &WebSocket::stateChanged, [=](auto state) { add(stateName(state)); });
    QObject::connect(socket, &WebSocket::connected, [=] { add("connected"); });
    QObject::connect(socket, &WebSocket::disconnected, [=] { add("disconnected"); });
    QObject::connect(socket, &WebSocket::readChannelFinished, [=] { add("readChannelFinished"); });
    QObject::connect(socket, &WebSocket::aboutToClose,
                     [=] { add("aboutToClose in " + stateName(socket->state())); });
    QObject::connect(socket, &WebSocket::errorOccurred, [=](auto error) {
        add(QString("errorOccurred %1 in %2").arg(error).arg(stateName(socket->state())));
    });
    QObject::connect(socket, QOverload<QAbstractSocket::SocketError>::of(&WebSocket::error),
                     [=](auto error) { add(QString("error %1").arg(error)); });
}

/// For messages larger than the defaults allow.
inline WebSocketLimits largeLimits()
{
    WebSocketLimits limits;
    limits.setMaxMessageSize(WebSocket::maxIncomingMessageSize());
    limits.setMaxUnsent(WebSocket::maxIncomingMessageSize());
    return limits;
}

/// A server on 127.0.0.1, a client connected to it, and the server's side of it.
struct Pair
{
    WebSocketServer server{"test", WebSocketServer::NonSecureMode};
    std::unique_ptr<WebSocket> client = std::make_unique<WebSocket>();
    QPointer<WebSocket> peer;

    bool open(const WebSocketHandshakeOptions &options = {})
    {
        server.setLimits(largeLimits());
        client->setLimits(largeLimits());
        if (!server.isListening() && !server.listen(QHostAddress::LocalHost))
            return false;
        QObject::connect(&server, &WebSocketServer::newConnection, client.get(),
                         [this] {
                             peer = server.nextPendingConnection();
                             peer->setParent(&server);
                         });
        client->open(server.serverUrl(), options);
        return waitFor([this] { return peer && client->isValid(); });
    }
};

/// The socket of the client that `server` accepts next.
inline std::unique_ptr<WebSocket> fetch(WebSocketServer *server)
{
    waitFor([&] { return server->hasPendingConnections(); });
    return std::unique_ptr<WebSocket>(server->nextPendingConnection());
}

inline QByteArray acceptKey(const QByteArray &key)
{
    const QByteArray text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    return QCryptographicHash::hash(text, QCryptographicHash::Sha1).toBase64();
}

/// A TCP server that answers an opening handshake with `answer`, where %KEY is
/// the right Sec-WebSocket-Accept, and keeps what comes afterwards.
class RawServer
{
public:
    QByteArray answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: %KEY\r\n\r\n";
    QByteArray request;
    QByteArray received;
    QPointer<QTcpSocket> socket;

    RawServer()
    {
        m_tcp.listen(QHostAddress::LocalHost);
        QObject::connect(&m_tcp, &QTcpServer::newConnection, &m_tcp, [this] { take(); });
    }
    QUrl url() const { return QUrl(QString("ws://127.0.0.1:%1/").arg(m_tcp.serverPort())); }

private:
    void take()
    {
        socket = m_tcp.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this] {
            received += socket->readAll();
            const auto end = received.indexOf("\r\n\r\n");
            if (!request.isEmpty() || end < 0)
                return;
            request = received.left(end + 4);
            received.remove(0, end + 4);
            const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
            const QByteArray key = request.mid(at, request.indexOf('\r', at) - at).trimmed();
            socket->write(QByteArray(answer).replace("%KEY", acceptKey(key)));
        });
    }

    QTcpServer m_tcp;
};

/// A TCP client that has sent a WebSocket request to `server`.
class RawClient
{
public:
    QTcpSocket socket;

    explicit RawClient(const WebSocketServer &server, const QByteArray &headers = {},
                       const QByteArray &version = "13")
    {
        socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
        socket.write("GET /chat?room=1 HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: " + version + "\r\n" + headers + "\r\n");
    }

    /// All that arrives until the server closes.
    QByteArray readToEnd()
    {
        waitFor([this] { return socket.state() == QAbstractSocket::UnconnectedState; });
        return socket.readAll();
    }
    bool waitForResponse(const QByteArray &text)
    {
        return waitFor([&] { return socket.peek(4096).contains(text); });
    }
};

/// A masked frame, as clients send it; the mask is 0.
inline QByteArray maskedFrame(quint8 firstByte, const QByteArray &payload)
{
    QByteArray frame;
    frame.append(char(firstByte));
    frame.append(char(0x80 | payload.size()));
    frame.append(4, '\0');
    return frame + payload;
}

/// An unmasked frame, as servers send it.
inline QByteArray plainFrame(quint8 firstByte, const QByteArray &payload)
{
    QByteArray frame;
    frame.append(char(firstByte));
    frame.append(char(payload.size()));
    return frame + payload;
}
