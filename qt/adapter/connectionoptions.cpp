// What the option objects hold, and how it reaches the engine.
#include "connectionoptions.h"

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

namespace Wirebird {

wirebird_connection_options_t defaultsOf(Role role)
{
    wirebird_connection_options_t options;
    if (role == Role::Client)
        wirebird_client_connection_options_init(&options, sizeof options);
    else
        wirebird_server_connection_options_init(&options, sizeof options);
    return options;
}

bool wantsCompression(const QObject *object)
{
    const QVariant own = object->property("wirebirdCompression");
    return own.isValid() ? own.toBool() : qEnvironmentVariableIntValue("WIREBIRD_COMPRESSION") == 1;
}

WebSocketLimitsPrivate::WebSocketLimitsPrivate(Role role)
{
    const wirebird_connection_options_t options = defaultsOf(role);
    maxMessageSize = std::min<quint64>(options.max_message_size, largestSize);
    maxFrameSize = std::min<quint64>(options.max_frame_size, largestSize);
    maxFragments = options.max_fragments;
    highWater = options.high_water;
    maxUnsent = options.max_unsent;
    closeTimeout = std::chrono::milliseconds(options.close_timeout_ms);
}

WebSocketLimits WebSocketLimitsPrivate::of(Role role)
{
    WebSocketLimits limits;
    limits.d = new WebSocketLimitsPrivate(role);
    return limits;
}

WebSocketLimits WebSocketLimitsPrivate::ofQtWebSockets()
{
    WebSocketLimits limits;
    limits.setMaxMessageSize(largestSize);
    limits.setMaxFrameSize(largestSize);
    limits.setHighWater(largest);
    limits.setMaxUnsent(largest);
    limits.setFrameTimeout(std::chrono::seconds(5));
    limits.setMaxHeaderSize(819204);
    limits.setMaxHeaders(1000);
    return limits;
}

void WebSocketLimitsPrivate::fill(wirebird_connection_options_t *options) const
{
    options->max_message_size = std::max<quint64>(maxMessageSize, 1);
    options->max_frame_size = std::max<quint64>(maxFrameSize, 1);
    options->max_fragments = maxFragments;
    options->high_water = highWater;
    options->max_unsent = maxUnsent;
    options->overflow = quint32(overflow);
    options->close_timeout_ms = quint64(closeTimeout.count());
    options->frame_timeout_ms = quint32(frameTimeout.count());
}

void WebSocketLimitsPrivate::apply(wirebird_connection_t connection) const
{
    const std::pair<quint32, quint64> values[] = {
        {WIREBIRD_OPTION_MAX_MESSAGE_SIZE, std::max<quint64>(maxMessageSize, 1)},
        {WIREBIRD_OPTION_MAX_FRAME_SIZE, std::max<quint64>(maxFrameSize, 1)},
        {WIREBIRD_OPTION_MAX_FRAGMENTS, maxFragments},
        {WIREBIRD_OPTION_HIGH_WATER, highWater},
        {WIREBIRD_OPTION_MAX_UNSENT, maxUnsent},
        {WIREBIRD_OPTION_OVERFLOW, quint64(overflow)},
        {WIREBIRD_OPTION_CLOSE_TIMEOUT, quint64(closeTimeout.count())},
        {WIREBIRD_OPTION_FRAME_TIMEOUT, quint64(frameTimeout.count())},
    };
    for (const auto &[option, value] : values)
        wirebird_connection_set(connection, option, value);
}

WebSocketCompressionPrivate::WebSocketCompressionPrivate(Role role)
{
    const wirebird_connection_options_t options = defaultsOf(role);
    enabled = options.compression != 0;
    level = int(options.compression_level);
    threshold = options.compression_threshold;
    serverMaxWindowBits = int(options.server_max_window_bits);
    clientMaxWindowBits = int(options.client_max_window_bits);
    serverNoContextTakeover = options.server_no_context_takeover != 0;
    clientNoContextTakeover = options.client_no_context_takeover != 0;
}

WebSocketCompression WebSocketCompressionPrivate::of(Role role)
{
    WebSocketCompression compression;
    compression.d = new WebSocketCompressionPrivate(role);
    return compression;
}

WebSocketCompression WebSocketCompressionPrivate::off()
{
    WebSocketCompression compression;
    compression.setEnabled(false);
    return compression;
}

void WebSocketCompressionPrivate::fill(wirebird_connection_options_t *options) const
{
    options->compression = enabled;
    options->compression_level = quint32(level);
    options->compression_threshold = threshold;
    options->server_max_window_bits = quint32(serverMaxWindowBits);
    options->client_max_window_bits = quint32(clientMaxWindowBits);
    options->server_no_context_takeover = serverNoContextTakeover;
    options->client_no_context_takeover = clientNoContextTakeover;
}

WebSocketHeartbeatPrivate::WebSocketHeartbeatPrivate(Role role)
{
    const wirebird_connection_options_t options = defaultsOf(role);
    interval = std::chrono::milliseconds(options.ping_interval_ms);
    timeout = std::chrono::milliseconds(options.pong_timeout_ms);
}

WebSocketHeartbeat WebSocketHeartbeatPrivate::of(Role role)
{
    WebSocketHeartbeat heartbeat;
    heartbeat.d = new WebSocketHeartbeatPrivate(role);
    return heartbeat;
}

void WebSocketHeartbeatPrivate::fill(wirebird_connection_options_t *options) const
{
    options->ping_interval_ms = quint64(interval.count());
    options->pong_timeout_ms = quint64(timeout.count());
}

void WebSocketHeartbeatPrivate::apply(wirebird_connection_t connection) const
{
    wirebird_connection_set(connection, WIREBIRD_OPTION_PING_INTERVAL, quint64(interval.count()));
    wirebird_connection_set(connection, WIREBIRD_OPTION_PONG_TIMEOUT, quint64(timeout.count()));
}

} // namespace Wirebird
