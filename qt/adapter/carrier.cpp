// Bytes between a device of the application, such as a QTcpSocket, and the engine.
#include "carrier.h"

#include "convert.h"
#include "pump.h"
#include "wakeup.h"

#include <QtCore/qiodevice.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtNetwork/qtcpsocket.h>
#ifndef QT_NO_SSL
#  include <QtNetwork/qsslsocket.h>
#endif

#include <array>
#include <utility>
#ifdef Q_OS_UNIX
#  include <sys/socket.h>
#endif

namespace Wirebird {
namespace {

/// What the device may keep unread, and unwritten.
constexpr qint64 mostBuffered = 64 * 1024;

#ifdef Q_OS_UNIX
bool isEncrypted(const QIODevice *device)
{
#  ifndef QT_NO_SSL
    const auto *const socket = qobject_cast<const QSslSocket *>(device);
    return socket && socket->mode() != QSslSocket::UnencryptedMode;
#  else
    Q_UNUSED(device);
    return false;
#  endif
}
#endif

} // namespace

wirebird_status_t Carrier::attach(wirebird_server_t server, QIODevice *device,
                                  qint32 handshakeTimeout)
{
    auto *const carrier = new Carrier(device);
    wirebird_stream_options_t options = carrier->streamOptions();
    options.handshake_timeout_ms = handshakeTimeout;
    if (const auto *socket = qobject_cast<QAbstractSocket *>(device)) {
        options.local = toAddress(socket->localAddress(), socket->localPort());
        options.peer = toAddress(socket->peerAddress(), socket->peerPort());
    }
    wirebird_stream_t stream{0};
    const wirebird_status_t status = wirebird_server_attach(server, &options, &stream);
    if (status != WIREBIRD_OK) {
        carrier->unmake();
        return status;
    }
    carrier->m_stream.reset(stream);
    carrier->setParent(&Pump::current()); // ends with the thread
    device->setParent(carrier);
    carrier->follow();
    carrier->carry();
    return WIREBIRD_OK;
}

wirebird_status_t Carrier::open(wirebird_queue_t queue, const wirebird_client_options_t &options,
                                QIODevice *device, wirebird_connection_t *connection,
                                Carrier **made)
{
    auto *const carrier = new Carrier(device);
    carrier->m_isWaiting = true;
    const wirebird_stream_options_t streamOptions = carrier->streamOptions();
    wirebird_stream_t stream{0};
    const wirebird_status_t status =
        wirebird_client_attach(queue, &options, &streamOptions, connection, &stream);
    if (status != WIREBIRD_OK) {
        carrier->unmake();
        return status;
    }
    carrier->m_stream.reset(stream);
    *made = carrier;
    return WIREBIRD_OK;
}

wirebird_stream_options_t Carrier::streamOptions() const
{
    wirebird_stream_options_t options;
    wirebird_stream_options_init(&options, sizeof options);
    options.wake = Wakeup::wake;
    options.drop = Wakeup::drop;
    options.context = m_wakeup;
    return options;
}

/// The engine does not know it.
void Carrier::unmake()
{
    delete std::exchange(m_wakeup, nullptr);
    delete this;
}

void Carrier::start()
{
    if (!m_device)
        return;
    m_isWaiting = false;
    m_device->setParent(this);
    follow();
    carry();
}

Carrier::Carrier(QIODevice *device) : m_device(device), m_wakeup(new Wakeup(this)) { }

Carrier::~Carrier()
{
    if (m_wakeup)
        m_wakeup->leave();
}

void Carrier::follow()
{
    QIODevice *const device = m_device;
    connect(device, &QIODevice::readyRead, this, &Carrier::carry);
    connect(device, &QIODevice::bytesWritten, this, &Carrier::carry);
    connect(device, &QObject::destroyed, this, &QObject::deleteLater);
    const auto end = [this] {
        m_atEnd = true;
        carry();
    };
    connect(device, &QIODevice::readChannelFinished, this, end);
    connect(device, &QIODevice::aboutToClose, this, end);
    if (auto *const socket = qobject_cast<QAbstractSocket *>(device)) {
        socket->setReadBufferSize(mostBuffered);
        connect(socket, &QAbstractSocket::disconnected, this, end);
        m_atEnd = socket->state() != QAbstractSocket::ConnectedState;
    }
}

void Carrier::customEvent(QEvent *)
{
    if (!m_wakeup)
        return;
    m_wakeup->arrived();
    carry();
}

void Carrier::carry()
{
    if (!m_device || !m_stream || m_isWaiting)
        return;
    give();
    take();
}

void Carrier::give()
{
    while (m_device->bytesAvailable() > 0) {
        const QByteArray bytes = m_device->peek(mostBuffered);
        size_t taken = 0;
        wirebird_stream_give(m_stream.get(), bytes.constData(), size_t(bytes.size()), &taken);
        if (taken == 0)
            return;
        m_device->skip(qint64(taken));
    }
    if (m_atEnd && !std::exchange(m_toldEnd, true))
        wirebird_stream_give_end(m_stream.get());
}

void Carrier::take()
{
    std::array<char, 16 * 1024> buffer;
    while (m_device->bytesToWrite() < mostBuffered) {
        size_t taken = 0;
        switch (wirebird_stream_take(m_stream.get(), buffer.data(), buffer.size(), &taken)) {
        case WIREBIRD_OK:
            // On errors the device says that it is at its end.
            if (m_device->write(buffer.data(), qint64(taken)) < 0)
                return;
            break;
        case WIREBIRD_EMPTY:
            return;
        case WIREBIRD_END:
            endWriting();
            return;
        case WIREBIRD_OVER:
            if (qobject_cast<QAbstractSocket *>(m_device) || m_device->bytesToWrite() == 0)
                finish();
            return;
        default:
            m_device->disconnect(this); // its end is no news
            if (auto *const socket = qobject_cast<QAbstractSocket *>(m_device))
                socket->abort();
            finish();
            return;
        }
    }
}

/// The client waits for the end of TCP (RFC 6455 section 7.1.1). Qt can't end one
/// direction of a socket, the system can: closed with something left to read, TCP
/// would take back what was just written.
void Carrier::endWriting()
{
    if (m_device->bytesToWrite() > 0 || std::exchange(m_hasEnded, true))
        return;
    auto *const socket = qobject_cast<QAbstractSocket *>(m_device);
#ifdef Q_OS_UNIX
    qintptr descriptor = -1;
    if (auto *const local = qobject_cast<QLocalSocket *>(m_device))
        descriptor = local->socketDescriptor();
    else if (qobject_cast<QTcpSocket *>(m_device) && !isEncrypted(m_device))
        descriptor = socket->socketDescriptor();
    if (descriptor >= 0) {
        ::shutdown(int(descriptor), SHUT_WR);
        return;
    }
#endif
    if (socket)
        socket->disconnectFromHost();
    else
        m_device->close();
}

void Carrier::finish()
{
    // The engine may destroy it as soon as the stream is released.
    std::exchange(m_wakeup, nullptr)->leave();
    m_stream.release();
    m_device->disconnect(this);
    auto *const socket = qobject_cast<QAbstractSocket *>(m_device);
    if (!socket || socket->state() == QAbstractSocket::UnconnectedState) {
        deleteLater();
        return;
    }
    connect(socket, &QAbstractSocket::disconnected, this, &QObject::deleteLater);
    socket->disconnectFromHost(); // having written what waits
    if (socket->state() == QAbstractSocket::UnconnectedState)
        deleteLater();
}

} // namespace Wirebird
