// Whether and when a connection that was lost is opened again.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>

#include <chrono>

namespace Wirebird {

class WebSocketReconnectPrivate;

/// Reconnecting with growing delays. A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketReconnect
{
public:
    WebSocketReconnect();
    WebSocketReconnect(const WebSocketReconnect &other);
    WebSocketReconnect(WebSocketReconnect &&other) noexcept;
    ~WebSocketReconnect();

    WebSocketReconnect &operator=(const WebSocketReconnect &other);
    WebSocketReconnect &operator=(WebSocketReconnect &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketReconnect &other) noexcept { d.swap(other.d); }

    bool isEnabled() const;
    void setEnabled(bool enabled);
    std::chrono::milliseconds initialDelay() const;
    void setInitialDelay(std::chrono::milliseconds initialDelay);
    std::chrono::milliseconds maximumDelay() const;
    void setMaximumDelay(std::chrono::milliseconds maximumDelay);
    double factor() const;
    void setFactor(double factor);
    double jitter() const;
    void setJitter(double jitter);
    int maximumAttempts() const;
    void setMaximumAttempts(int maximumAttempts);
    std::chrono::milliseconds resetAfter() const;
    void setResetAfter(std::chrono::milliseconds resetAfter);

    friend bool operator==(const WebSocketReconnect &a, const WebSocketReconnect &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketReconnect &a, const WebSocketReconnect &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketReconnectPrivate;
    bool equals(const WebSocketReconnect &other) const noexcept;

    QSharedDataPointer<WebSocketReconnectPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketReconnect)
