// What WebSocketServerLimits holds, and how it reaches the engine.
#pragma once

#include <wirebird/websocketserverlimits.h>
#include <wirebird/wirebird.h>

#include <tuple>

namespace Wirebird {

class WebSocketServerLimitsPrivate : public QSharedData
{
public:
    WebSocketServerLimitsPrivate();

    /// As few as with Qt WebSockets.
    static WebSocketServerLimits ofQtWebSockets();
    static const WebSocketServerLimitsPrivate &of(const WebSocketServerLimits &limits) { return *limits.d; }

    void fill(wirebird_server_options_t *options) const;
    /// Of a server that listens; the backlog stays.
    void apply(wirebird_server_t server) const;

    auto tie() const
    {
        return std::tie(maxConnections, maxHandshakes, maxHandshakesPerAddress, backlog,
                        maxHeaderSize, maxHeaders, maxHttpConnections,
                        maxHttpConnectionsPerAddress, maxHttp2Streams, maxHttpBodySize,
                        httpBodyTimeout, httpAnswerTimeout, httpKeepAliveTimeout);
    }

    quint32 maxConnections;
    quint32 maxHandshakes;
    quint32 maxHandshakesPerAddress;
    quint32 backlog;
    quint32 maxHeaderSize;
    quint32 maxHeaders;
    quint32 maxHttpConnections;
    quint32 maxHttpConnectionsPerAddress;
    quint32 maxHttp2Streams;
    quint64 maxHttpBodySize;
    std::chrono::milliseconds httpBodyTimeout;
    std::chrono::milliseconds httpAnswerTimeout;
    std::chrono::milliseconds httpKeepAliveTimeout;
};

} // namespace Wirebird
