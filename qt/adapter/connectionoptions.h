// What the option objects hold, and how it reaches the engine.
#pragma once

#include <wirebird/websocketcompression.h>
#include <wirebird/websocketheartbeat.h>
#include <wirebird/websocketlimits.h>
#include <wirebird/wirebird.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <tuple>

QT_BEGIN_NAMESPACE
class QObject;
QT_END_NAMESPACE

namespace Wirebird {

enum class Role { Client, Server };

/// Qt's maximum for sizes, its default for incoming ones too.
constexpr quint64 largestSize = 2147483646;
/// The engine's.
constexpr quint64 largest = quint64(std::numeric_limits<qint64>::max());

/// The engine's defaults.
wirebird_connection_options_t defaultsOf(Role role);

/// Whether a program that knows nothing of Wirebird asks for compression: by the
/// dynamic property "wirebirdCompression" of `object`, a drop-in's socket or server,
/// or by the environment variable WIREBIRD_COMPRESSION=1.
bool wantsCompression(const QObject *object);

inline std::chrono::milliseconds clampTime(std::chrono::milliseconds time, int least)
{
    constexpr auto most = std::chrono::milliseconds(std::numeric_limits<qint32>::max());
    return std::clamp(time, std::chrono::milliseconds(least), most);
}

class WebSocketLimitsPrivate : public QSharedData
{
public:
    explicit WebSocketLimitsPrivate(Role role = Role::Client);

    static WebSocketLimits of(Role role);
    /// Qt's: nothing is limited but sizes, and a stalled frame.
    static WebSocketLimits ofQtWebSockets();
    static const WebSocketLimitsPrivate &of(const WebSocketLimits &limits) { return *limits.d; }

    void fill(wirebird_connection_options_t *options) const;
    /// Of an open connection.
    void apply(wirebird_connection_t connection) const;

    auto tie() const
    {
        return std::tie(maxMessageSize, maxFrameSize, maxFragments, highWater, maxUnsent, overflow,
                        handshakeTimeout, closeTimeout, frameTimeout, maxHeaderSize, maxHeaders);
    }

    quint64 maxMessageSize;
    quint64 maxFrameSize;
    quint64 maxFragments;
    quint64 highWater;
    quint64 maxUnsent;
    WebSocketLimits::Overflow overflow = WebSocketLimits::CloseConnection;
    std::chrono::milliseconds handshakeTimeout{10000};
    std::chrono::milliseconds closeTimeout;
    std::chrono::milliseconds frameTimeout{0};
    quint32 maxHeaderSize = 65536;
    quint32 maxHeaders = 100;
};

class WebSocketCompressionPrivate : public QSharedData
{
public:
    explicit WebSocketCompressionPrivate(Role role = Role::Client);

    static WebSocketCompression of(Role role);
    static WebSocketCompression off();
    static const WebSocketCompressionPrivate &of(const WebSocketCompression &compression)
    {
        return *compression.d;
    }

    void fill(wirebird_connection_options_t *options) const;

    auto tie() const
    {
        return std::tie(enabled, level, threshold, serverMaxWindowBits, clientMaxWindowBits,
                        serverNoContextTakeover, clientNoContextTakeover);
    }

    bool enabled;
    int level;
    quint64 threshold;
    int serverMaxWindowBits;
    int clientMaxWindowBits;
    bool serverNoContextTakeover;
    bool clientNoContextTakeover;
};

class WebSocketHeartbeatPrivate : public QSharedData
{
public:
    explicit WebSocketHeartbeatPrivate(Role role = Role::Client);

    static WebSocketHeartbeat of(Role role);
    static const WebSocketHeartbeatPrivate &of(const WebSocketHeartbeat &heartbeat)
    {
        return *heartbeat.d;
    }

    void fill(wirebird_connection_options_t *options) const;
    /// Of an open connection.
    void apply(wirebird_connection_t connection) const;

    auto tie() const { return std::tie(interval, timeout); }

    std::chrono::milliseconds interval;
    std::chrono::milliseconds timeout;
};

} // namespace Wirebird
