// How a client's TCP connection is made and kept.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>
#include <QtNetwork/qhostaddress.h>

#include <chrono>

namespace Wirebird {

class WebSocketTcpOptionsPrivate;

/// Options of the TCP connection below a client's WebSocket. A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketTcpOptions
{
public:
    WebSocketTcpOptions();
    WebSocketTcpOptions(const WebSocketTcpOptions &other);
    WebSocketTcpOptions(WebSocketTcpOptions &&other) noexcept;
    ~WebSocketTcpOptions();

    WebSocketTcpOptions &operator=(const WebSocketTcpOptions &other);
    WebSocketTcpOptions &operator=(WebSocketTcpOptions &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketTcpOptions &other) noexcept { d.swap(other.d); }

    std::chrono::milliseconds connectTimeout() const;
    void setConnectTimeout(std::chrono::milliseconds connectTimeout);
    bool isNoDelay() const;
    void setNoDelay(bool noDelay);
    std::chrono::seconds keepAliveIdle() const;
    void setKeepAliveIdle(std::chrono::seconds idle);
    std::chrono::seconds keepAliveInterval() const;
    void setKeepAliveInterval(std::chrono::seconds interval);
    int keepAliveCount() const;
    void setKeepAliveCount(int count);
    QHostAddress localAddress() const;
    quint16 localPort() const;
    void setLocalAddress(const QHostAddress &address, quint16 port = 0);

    friend bool operator==(const WebSocketTcpOptions &a, const WebSocketTcpOptions &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketTcpOptions &a, const WebSocketTcpOptions &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketTcpOptionsPrivate;
    bool equals(const WebSocketTcpOptions &other) const noexcept;

    QSharedDataPointer<WebSocketTcpOptionsPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketTcpOptions)
