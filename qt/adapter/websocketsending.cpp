// What the application sends, on its way to the engine.
#include "websocket_p.h"

#include "pump.h"

#include <algorithm>

namespace Wirebird {
namespace {

/// Up to this size a copy is cheaper than a reference.
constexpr int mostCopied = 16 * 1024;

/// Whether the object owns its memory. One made by fromRawData() does not, and
/// the memory may be gone when the message is written.
template <typename T>
bool ownsData(const T &data)
{
    return data.capacity() >= data.size();
}

/// Sends with a reference to `data`, which nobody changes while it is shared.
template <typename T>
qint64 sendShared(wirebird_connection_t connection, uint32_t payload, const T &data)
{
    auto *const kept = new T(ownsData(data) ? data : T(data.constData(), data.size()));
    const auto letGo = [](void *object) { delete static_cast<T *>(object); };
    uint64_t bytes = 0;
    const wirebird_status_t status = wirebird_connection_send_shared(
        connection, payload, kept->constData(), size_t(kept->size()), letGo, kept, &bytes);
    return status == WIREBIRD_OK ? qint64(bytes) : 0;
}

} // namespace

qint64 WebSocketPrivate::sendText(const QString &message)
{
    if (!isValid())
        return 0;
    Pump::current().collect();
    if (message.size() > mostCopied)
        return sendShared(connection.get(), WIREBIRD_PAYLOAD_UTF16, message);
    uint64_t bytes = 0;
    const auto *const units = reinterpret_cast<const uint16_t *>(message.constData());
    const wirebird_status_t status = wirebird_connection_send_utf16(
        connection.get(), units, size_t(message.size()), &bytes);
    return status == WIREBIRD_OK ? qint64(bytes) : 0;
}

qint64 WebSocketPrivate::sendBinary(const QByteArray &data)
{
    if (!isValid())
        return 0;
    Pump::current().collect();
    if (data.size() > mostCopied)
        return sendShared(connection.get(), WIREBIRD_PAYLOAD_BINARY, data);
    const wirebird_status_t status = wirebird_connection_send_binary(
        connection.get(), data.constData(), size_t(data.size()));
    return status == WIREBIRD_OK ? qint64(data.size()) : 0;
}

qint64 WebSocketPrivate::sendTextFrame(const QString &frame, bool isLastFrame)
{
    return sendFrame(WIREBIRD_PAYLOAD_UTF16, frame.constData(), frame.size(), isLastFrame);
}

qint64 WebSocketPrivate::sendBinaryFrame(const QByteArray &frame, bool isLastFrame)
{
    return sendFrame(WIREBIRD_PAYLOAD_BINARY, frame.constData(), frame.size(), isLastFrame);
}

qint64 WebSocketPrivate::sendFrame(quint32 payload, const void *data, qsizetype length,
                                   bool isLastFrame)
{
    if (!isValid())
        return 0;
    Pump::current().collect();
    uint64_t bytes = 0;
    const quint16 frame = isLastFrame ? WIREBIRD_FRAME_LAST : 0;
    const wirebird_status_t status = wirebird_connection_send_fragment(
        connection.get(), payload, data, size_t(length), frame, &bytes);
    return status == WIREBIRD_OK ? qint64(bytes) : 0;
}

void WebSocketPrivate::ping(const QByteArray &payload)
{
    if (!isValid())
        return;
    Pump::current().collect();
    const size_t length = size_t(std::min<qint64>(payload.size(), 125));
    wirebird_connection_ping(connection.get(), payload.constData(), length);
}

bool WebSocketPrivate::flush()
{
    if (!connection)
        return true;
    const qint64 before = bytesToWrite();
    Pump::current().flush();
    return bytesToWrite() < before;
}

qint64 WebSocketPrivate::bytesToWrite() const
{
    return qint64(figure(WIREBIRD_OPTION_UNSENT));
}

} // namespace Wirebird
