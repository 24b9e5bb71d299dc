// The groups of properties that set options.
#include "qmloptions.h"

#include <algorithm>

namespace Wirebird {
namespace {

/// Lets `change` change the value of a group, which tells of it.
template <typename Group, typename Value, typename Change>
void update(Group *group, Value &value, Change change)
{
    const Value before = value;
    change(value);
    if (value != before)
        Q_EMIT group->changed();
}

/// Of a number of JavaScript; those up to 2⁵³ are whole.
quint64 toSize(double size)
{
    return size > 0 ? quint64(std::min(size, 9007199254740992.0)) : 0;
}

quint32 toCount(int count)
{
    return quint32(std::max(count, 0));
}

using std::chrono::milliseconds;

} // namespace

void QmlCompression::setEnabled(bool enabled)
{
    update(this, m_value, [=](auto &value) { value.setEnabled(enabled); });
}

void QmlCompression::setLevel(int level)
{
    update(this, m_value, [=](auto &value) { value.setLevel(level); });
}

void QmlCompression::setThreshold(double threshold)
{
    update(this, m_value, [=](auto &value) { value.setThreshold(toSize(threshold)); });
}

void QmlCompression::setServerMaxWindowBits(int bits)
{
    update(this, m_value, [=](auto &value) { value.setServerMaxWindowBits(bits); });
}

void QmlCompression::setClientMaxWindowBits(int bits)
{
    update(this, m_value, [=](auto &value) { value.setClientMaxWindowBits(bits); });
}

void QmlCompression::setServerNoContextTakeover(bool none)
{
    update(this, m_value, [=](auto &value) { value.setServerNoContextTakeover(none); });
}

void QmlCompression::setClientNoContextTakeover(bool none)
{
    update(this, m_value, [=](auto &value) { value.setClientNoContextTakeover(none); });
}

void QmlHeartbeat::setInterval(int interval)
{
    update(this, m_value, [=](auto &value) { value.setInterval(milliseconds(interval)); });
}

void QmlHeartbeat::setTimeout(int timeout)
{
    update(this, m_value, [=](auto &value) { value.setTimeout(milliseconds(timeout)); });
}

void QmlReconnect::setEnabled(bool enabled)
{
    update(this, m_value, [=](auto &value) { value.setEnabled(enabled); });
}

void QmlReconnect::setInitialDelay(int delay)
{
    update(this, m_value, [=](auto &value) { value.setInitialDelay(milliseconds(delay)); });
}

void QmlReconnect::setMaximumDelay(int delay)
{
    update(this, m_value, [=](auto &value) { value.setMaximumDelay(milliseconds(delay)); });
}

void QmlReconnect::setFactor(double factor)
{
    update(this, m_value, [=](auto &value) { value.setFactor(factor); });
}

void QmlReconnect::setJitter(double jitter)
{
    update(this, m_value, [=](auto &value) { value.setJitter(jitter); });
}

void QmlReconnect::setMaximumAttempts(int attempts)
{
    update(this, m_value, [=](auto &value) { value.setMaximumAttempts(attempts); });
}

void QmlReconnect::setResetAfter(int time)
{
    update(this, m_value, [=](auto &value) { value.setResetAfter(milliseconds(time)); });
}

void QmlLimits::setMaxMessageSize(double size)
{
    update(this, m_value, [=](auto &value) { value.setMaxMessageSize(toSize(size)); });
}

void QmlLimits::setMaxFrameSize(double size)
{
    update(this, m_value, [=](auto &value) { value.setMaxFrameSize(toSize(size)); });
}

void QmlLimits::setMaxFragments(double fragments)
{
    update(this, m_value, [=](auto &value) { value.setMaxFragments(toSize(fragments)); });
}

void QmlLimits::setHighWater(double size)
{
    update(this, m_value, [=](auto &value) { value.setHighWater(toSize(size)); });
}

void QmlLimits::setMaxUnsent(double size)
{
    update(this, m_value, [=](auto &value) { value.setMaxUnsent(toSize(size)); });
}

void QmlLimits::setOverflow(Overflow overflow)
{
    update(this, m_value, [=](auto &value) { value.setOverflow(WebSocketLimits::Overflow(overflow)); });
}

void QmlLimits::setHandshakeTimeout(int timeout)
{
    update(this, m_value, [=](auto &value) { value.setHandshakeTimeout(milliseconds(timeout)); });
}

void QmlLimits::setCloseTimeout(int timeout)
{
    update(this, m_value, [=](auto &value) { value.setCloseTimeout(milliseconds(timeout)); });
}

void QmlLimits::setFrameTimeout(int timeout)
{
    update(this, m_value, [=](auto &value) { value.setFrameTimeout(milliseconds(timeout)); });
}

void QmlServerLimits::setMaxConnections(int connections)
{
    update(this, m_value, [=](auto &value) { value.setMaxConnections(toCount(connections)); });
}

void QmlServerLimits::setMaxHandshakes(int handshakes)
{
    update(this, m_value, [=](auto &value) { value.setMaxHandshakes(toCount(handshakes)); });
}

void QmlServerLimits::setMaxHandshakesPerAddress(int handshakes)
{
    update(this, m_value, [=](auto &value) { value.setMaxHandshakesPerAddress(toCount(handshakes)); });
}

void QmlServerLimits::setBacklog(int backlog)
{
    update(this, m_value, [=](auto &value) { value.setBacklog(toCount(backlog)); });
}

void QmlServerLimits::setMaxHeaderSize(int size)
{
    update(this, m_value, [=](auto &value) { value.setMaxHeaderSize(toCount(size)); });
}

void QmlServerLimits::setMaxHeaders(int headers)
{
    update(this, m_value, [=](auto &value) { value.setMaxHeaders(toCount(headers)); });
}

} // namespace Wirebird
