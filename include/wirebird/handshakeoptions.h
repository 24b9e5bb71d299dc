// What a client asks for in its opening handshake.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>
#include <QtCore/qstringlist.h>

namespace Wirebird {

class WebSocketHandshakeOptionsPrivate;

/// Options of WebSocket::open(). A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketHandshakeOptions
{
public:
    WebSocketHandshakeOptions();
    WebSocketHandshakeOptions(const WebSocketHandshakeOptions &other);
    WebSocketHandshakeOptions(WebSocketHandshakeOptions &&other) noexcept;
    ~WebSocketHandshakeOptions();

    WebSocketHandshakeOptions &operator=(const WebSocketHandshakeOptions &other);
    WebSocketHandshakeOptions &operator=(WebSocketHandshakeOptions &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketHandshakeOptions &other) noexcept { d.swap(other.d); }

    /// Subprotocols in order of preference. Default: none.
    QStringList subprotocols() const;
    void setSubprotocols(const QStringList &protocols);

    friend bool operator==(const WebSocketHandshakeOptions &a,
                           const WebSocketHandshakeOptions &b) noexcept
    {
        return a.equals(b);
    }
    friend bool operator!=(const WebSocketHandshakeOptions &a,
                           const WebSocketHandshakeOptions &b) noexcept
    {
        return !a.equals(b);
    }

private:
    bool equals(const WebSocketHandshakeOptions &other) const noexcept;

    QSharedDataPointer<WebSocketHandshakeOptionsPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketHandshakeOptions)
