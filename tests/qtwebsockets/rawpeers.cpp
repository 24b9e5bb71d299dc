// The plain TCP peers.
#include "rawpeers.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QtEndian>

namespace {

QByteArray header(quint8 firstByte, quint8 maskBit, qsizetype length)
{
    QByteArray bytes(1, char(firstByte));
    if (length < 126) {
        bytes.append(char(maskBit | length));
    } else if (length < 65536) {
        bytes.append(char(maskBit | 126));
        bytes.append(char(length >> 8));
        bytes.append(char(length));
    } else {
        bytes.append(char(maskBit | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes.append(char(quint64(length) >> shift));
    }
    return bytes;
}

QByteArray masked(QByteArray payload, const QByteArray &mask)
{
    for (qsizetype i = 0; i < payload.size(); ++i)
        payload[int(i)] = char(payload.at(int(i)) ^ mask.at(int(i % 4)));
    return payload;
}

} // namespace

QByteArray acceptKey(const QByteArray &key)
{
    const QByteArray text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    return QCryptographicHash::hash(text, QCryptographicHash::Sha1).toBase64();
}

QByteArray field(const QByteArray &head, const QByteArray &name)
{
    const auto lines = head.left(head.indexOf("\r\n\r\n")).split('\n');
    for (const QByteArray &line : lines) {
        if (line.toLower().startsWith(name.toLower() + ':'))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

QByteArray plainFrame(quint8 firstByte, const QByteArray &payload)
{
    return header(firstByte, 0, payload.size()) + payload;
}

QByteArray maskedFrame(quint8 firstByte, const QByteArray &payload, const QByteArray &mask)
{
    return header(firstByte, 0x80, payload.size()) + mask + masked(payload, mask);
}

QByteArray closePayload(quint16 code, const QByteArray &reason)
{
    return QByteArray(1, char(code >> 8)) + char(code & 0xff) + reason;
}

QVector<Frame> framesOf(const QByteArray &bytes)
{
    QVector<Frame> frames;
    const auto *data = reinterpret_cast<const uchar *>(bytes.constData());
    for (qint64 at = 0, size = bytes.size(); at + 2 <= size;) {
        Frame frame;
        frame.firstByte = data[at];
        const bool isMasked = data[at + 1] & 0x80;
        qint64 length = data[at + 1] & 0x7f;
        at += 2;
        const int extra = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (at + extra + (isMasked ? 4 : 0) > size)
            break;
        if (extra == 2)
            length = qFromBigEndian<quint16>(data + at);
        else if (extra == 8)
            length = qFromBigEndian<qint64>(data + at);
        at += extra;
        if (isMasked) {
            frame.mask = bytes.mid(int(at), 4);
            at += 4;
        }
        if (length > size - at)
            break;
        frame.payload = bytes.mid(int(at), int(length));
        if (isMasked)
            frame.payload = masked(frame.payload, frame.mask);
        at += length;
        frames.append(frame);
    }
    return frames;
}

QByteArrayList described(const QByteArray &bytes)
{
    QByteArrayList texts;
    for (const Frame &frame : framesOf(bytes)) {
        QByteArray text = QByteArray::number(frame.firstByte, 16) + ' ';
        if (frame.firstByte == 0x88 && frame.payload.size() >= 2)
            text += QByteArray::number(qFromBigEndian<quint16>(frame.payload.constData())) + ' '
                + frame.payload.mid(2);
        else
            text += frame.payload;
        texts.append(text.trimmed());
    }
    return texts;
}

RawServer::RawServer()
{
    m_tcp.listen(QHostAddress::LocalHost);
    QObject::connect(&m_tcp, &QTcpServer::newConnection, &m_tcp, [this] { take(); });
}

QByteArray RawServer::switching(const QByteArray &fields)
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: %KEY\r\n" + fields + "\r\n";
}

QUrl RawServer::url(const QString &path) const
{
    return QUrl(QString("ws://127.0.0.1:%1%2").arg(port()).arg(path));
}

void RawServer::take()
{
    socket = m_tcp.nextPendingConnection();
    ++connections;
    request.clear();
    received.clear();
    isClosed = false;
    m_hasSwitched = false;
    QObject::connect(socket, &QTcpSocket::disconnected, &m_tcp, [this, taken = socket.data()] {
        isClosed = isClosed || taken == socket;
    });
    QObject::connect(socket, &QTcpSocket::readyRead, &m_tcp, [this, taken = socket.data()] {
        if (taken != socket)
            return;
        received += socket->readAll();
        const auto end = received.indexOf("\r\n\r\n");
        const bool isAnswered = !request.isEmpty() && (m_hasSwitched || !answers);
        if (isAnswered || end < 0)
            return;
        request = received.left(end + 4);
        received.remove(0, end + 4);
        const QByteArray key = field(request, "Sec-WebSocket-Key");
        const QByteArray said = answers ? answers(request) : answer;
        m_hasSwitched = said.startsWith("HTTP/1.1 101");
        socket->write(QByteArray(said).replace("%KEY", acceptKey(key)));
    });
}

QByteArray upgradeRequest(const QByteArray &fields, const QByteArray &version)
{
    return "GET /chat?room=1 HTTP/1.1\r\nHost: example.org:8080\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: " + version + "\r\n" + fields + "\r\n";
}

RawClient::RawClient(quint16 port, const QByteArray &request)
{
    QObject::connect(&socket, &QTcpSocket::readyRead, &socket,
                     [this] { received += socket.readAll(); });
    socket.connectToHost(QHostAddress::LocalHost, port);
    socket.write(request);
}

bool RawClient::isClosed() const
{
    return socket.state() == QAbstractSocket::UnconnectedState;
}

QByteArray RawClient::frames() const
{
    const auto end = received.indexOf("\r\n\r\n");
    return end < 0 ? QByteArray() : received.mid(end + 4);
}
