// How much a server's opening handshakes may use, and how many connections it has.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>

#include <chrono>

namespace Wirebird {

class WebSocketServerLimitsPrivate;

/// Limits of a server. A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketServerLimits
{
public:
    WebSocketServerLimits();
    WebSocketServerLimits(const WebSocketServerLimits &other);
    WebSocketServerLimits(WebSocketServerLimits &&other) noexcept;
    ~WebSocketServerLimits();

    WebSocketServerLimits &operator=(const WebSocketServerLimits &other);
    WebSocketServerLimits &operator=(WebSocketServerLimits &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketServerLimits &other) noexcept { d.swap(other.d); }

    quint32 maxConnections() const;
    void setMaxConnections(quint32 maxConnections);
    quint32 maxHandshakes() const;
    void setMaxHandshakes(quint32 maxHandshakes);
    quint32 maxHandshakesPerAddress() const;
    void setMaxHandshakesPerAddress(quint32 maxHandshakesPerAddress);
    quint32 backlog() const;
    void setBacklog(quint32 backlog);
    quint32 maxHeaderSize() const;
    void setMaxHeaderSize(quint32 maxHeaderSize);
    quint32 maxHeaders() const;
    void setMaxHeaders(quint32 maxHeaders);
    quint32 maxHttpConnections() const;
    void setMaxHttpConnections(quint32 maxHttpConnections);
    quint32 maxHttpConnectionsPerAddress() const;
    void setMaxHttpConnectionsPerAddress(quint32 maxHttpConnectionsPerAddress);
    quint32 maxHttp2Streams() const;
    void setMaxHttp2Streams(quint32 maxHttp2Streams);
    quint64 maxHttpBodySize() const;
    void setMaxHttpBodySize(quint64 maxHttpBodySize);
    std::chrono::milliseconds httpBodyTimeout() const;
    void setHttpBodyTimeout(std::chrono::milliseconds timeout);
    std::chrono::milliseconds httpAnswerTimeout() const;
    void setHttpAnswerTimeout(std::chrono::milliseconds timeout);
    std::chrono::milliseconds httpKeepAliveTimeout() const;
    void setHttpKeepAliveTimeout(std::chrono::milliseconds timeout);

    friend bool operator==(const WebSocketServerLimits &a, const WebSocketServerLimits &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketServerLimits &a, const WebSocketServerLimits &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketServerLimitsPrivate;
    bool equals(const WebSocketServerLimits &other) const noexcept;

    QSharedDataPointer<WebSocketServerLimitsPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketServerLimits)
