// What WebSocketTcpOptions holds, and how it reaches the engine.
#pragma once

#include <wirebird/websockettcpoptions.h>
#include <wirebird/wirebird.h>

#include <tuple>

namespace Wirebird {

class WebSocketTcpOptionsPrivate : public QSharedData
{
public:
    static const WebSocketTcpOptionsPrivate &of(const WebSocketTcpOptions &options)
    {
        return *options.d;
    }

    void fill(wirebird_client_options_t *options) const;

    auto tie() const
    {
        return std::tie(connectTimeout, noDelay, keepAliveIdle, keepAliveInterval, keepAliveCount,
                        localAddress, localPort);
    }

    std::chrono::milliseconds connectTimeout{0};
    bool noDelay = true;
    std::chrono::seconds keepAliveIdle{0};
    std::chrono::seconds keepAliveInterval{0};
    int keepAliveCount = 0;
    QHostAddress localAddress;
    quint16 localPort = 0;
};

} // namespace Wirebird
