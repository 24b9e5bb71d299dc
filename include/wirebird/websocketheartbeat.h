// When silence is asked about, and when a silent peer is given up.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>

#include <chrono>

namespace Wirebird {

class WebSocketHeartbeatPrivate;

/// Pings on a schedule. A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketHeartbeat
{
public:
    WebSocketHeartbeat();
    WebSocketHeartbeat(const WebSocketHeartbeat &other);
    WebSocketHeartbeat(WebSocketHeartbeat &&other) noexcept;
    ~WebSocketHeartbeat();

    WebSocketHeartbeat &operator=(const WebSocketHeartbeat &other);
    WebSocketHeartbeat &operator=(WebSocketHeartbeat &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketHeartbeat &other) noexcept { d.swap(other.d); }

    std::chrono::milliseconds interval() const;
    void setInterval(std::chrono::milliseconds interval);
    std::chrono::milliseconds timeout() const;
    void setTimeout(std::chrono::milliseconds timeout);

    friend bool operator==(const WebSocketHeartbeat &a, const WebSocketHeartbeat &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketHeartbeat &a, const WebSocketHeartbeat &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketHeartbeatPrivate;
    bool equals(const WebSocketHeartbeat &other) const noexcept;

    QSharedDataPointer<WebSocketHeartbeatPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketHeartbeat)
