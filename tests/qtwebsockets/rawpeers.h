// Plain TCP peers that say exactly what a test tells them to, and frames as bytes.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QPointer>
#include <QtCore/QUrl>
#include <QtCore/QVector>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <functional>

/// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key.
QByteArray acceptKey(const QByteArray &key);

/// The value of a header field of a request or an answer, empty if it has none.
QByteArray field(const QByteArray &head, const QByteArray &name);

/// An unmasked frame, as servers send it; `firstByte` is FIN, RSV and the opcode.
QByteArray plainFrame(quint8 firstByte, const QByteArray &payload = {});
/// A frame masked with `mask`, as clients send it.
QByteArray maskedFrame(quint8 firstByte, const QByteArray &payload = {},
                       const QByteArray &mask = "abcd");
/// The payload of a Close frame.
QByteArray closePayload(quint16 code, const QByteArray &reason = {});

struct Frame
{
    quint8 firstByte = 0;
    QByteArray mask; ///< empty when the frame is not masked
    QByteArray payload; ///< unmasked
};

/// The complete frames at the beginning of `bytes`.
QVector<Frame> framesOf(const QByteArray &bytes);
/// The same as text, for comparisons and messages: "81 hello".
QByteArrayList described(const QByteArray &bytes);

/// A TCP server that answers an opening handshake with `answer`, where %KEY is the right
/// Sec-WebSocket-Accept, and keeps what comes afterwards.
class RawServer
{
public:
    QByteArray answer = switching();
    /// Instead of `answer`, if set: the answer to this request, and on the same
    /// connection to those after it until one switches protocols.
    std::function<QByteArray(const QByteArray &request)> answers;
    QByteArray request;
    QByteArray received;
    QPointer<QTcpSocket> socket;
    int connections = 0;
    bool isClosed = false;

    RawServer();
    /// The answer that opens a connection, with more header fields.
    static QByteArray switching(const QByteArray &fields = {});
    QUrl url(const QString &path = "/") const;
    quint16 port() const { return m_tcp.serverPort(); }

private:
    void take();

    QTcpServer m_tcp;
    bool m_hasSwitched = false;
};

/// A request that opens a connection, with more header fields.
QByteArray upgradeRequest(const QByteArray &fields = {}, const QByteArray &version = "13");

/// A TCP client of a WebSocket server.
class RawClient
{
public:
    QTcpSocket socket;
    QByteArray received;

    explicit RawClient(quint16 port, const QByteArray &request = upgradeRequest());

    bool isClosed() const;
    /// Whether the answer to the request has arrived.
    bool isAnswered() const { return received.contains("\r\n\r\n"); }
    /// What followed the answer.
    QByteArray frames() const;
};
