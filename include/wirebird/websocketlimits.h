// How much a connection may use and how long things may take.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>

#include <chrono>

namespace Wirebird {

class WebSocketLimitsPrivate;

/// Limits of one connection. A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketLimits
{
public:
    /// What becomes of a message past maxUnsent().
    enum Overflow {
        CloseConnection, ///< The connection closes with 1013.
        DropNewest,      ///< The message is not sent.
        DropOldest       ///< Waiting messages are dropped until there is room.
    };

    WebSocketLimits();
    WebSocketLimits(const WebSocketLimits &other);
    WebSocketLimits(WebSocketLimits &&other) noexcept;
    ~WebSocketLimits();

    WebSocketLimits &operator=(const WebSocketLimits &other);
    WebSocketLimits &operator=(WebSocketLimits &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketLimits &other) noexcept { d.swap(other.d); }

    quint64 maxMessageSize() const;
    void setMaxMessageSize(quint64 maxMessageSize);
    quint64 maxFrameSize() const;
    void setMaxFrameSize(quint64 maxFrameSize);
    quint64 maxFragments() const;
    void setMaxFragments(quint64 maxFragments);
    quint64 highWater() const;
    void setHighWater(quint64 highWater);
    quint64 maxUnsent() const;
    void setMaxUnsent(quint64 maxUnsent);
    Overflow overflow() const;
    void setOverflow(Overflow overflow);
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(std::chrono::milliseconds handshakeTimeout);
    std::chrono::milliseconds closeTimeout() const;
    void setCloseTimeout(std::chrono::milliseconds closeTimeout);
    std::chrono::milliseconds frameTimeout() const;
    void setFrameTimeout(std::chrono::milliseconds frameTimeout);
    quint32 maxHeaderSize() const;
    void setMaxHeaderSize(quint32 maxHeaderSize);
    quint32 maxHeaders() const;
    void setMaxHeaders(quint32 maxHeaders);

    friend bool operator==(const WebSocketLimits &a, const WebSocketLimits &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketLimits &a, const WebSocketLimits &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketLimitsPrivate;
    bool equals(const WebSocketLimits &other) const noexcept;

    QSharedDataPointer<WebSocketLimitsPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketLimits)
