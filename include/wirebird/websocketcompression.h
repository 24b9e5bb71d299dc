// What a connection compresses by permessage-deflate (RFC 7692).
#pragma once

#include <wirebird/global.h>

#include <QtCore/qshareddata.h>

namespace Wirebird {

class WebSocketCompressionPrivate;

/// Compression of messages by permessage-deflate (RFC 7692). A value; copies share.
class WIREBIRD_QT_EXPORT WebSocketCompression
{
public:
    WebSocketCompression();
    WebSocketCompression(const WebSocketCompression &other);
    WebSocketCompression(WebSocketCompression &&other) noexcept;
    ~WebSocketCompression();

    WebSocketCompression &operator=(const WebSocketCompression &other);
    WebSocketCompression &operator=(WebSocketCompression &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketCompression &other) noexcept { d.swap(other.d); }

    bool isEnabled() const;
    void setEnabled(bool enabled);
    int level() const;
    void setLevel(int level);
    quint64 threshold() const;
    void setThreshold(quint64 threshold);
    int serverMaxWindowBits() const;
    void setServerMaxWindowBits(int serverMaxWindowBits);
    int clientMaxWindowBits() const;
    void setClientMaxWindowBits(int clientMaxWindowBits);
    bool serverNoContextTakeover() const;
    void setServerNoContextTakeover(bool serverNoContextTakeover);
    bool clientNoContextTakeover() const;
    void setClientNoContextTakeover(bool clientNoContextTakeover);

    friend bool operator==(const WebSocketCompression &a, const WebSocketCompression &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketCompression &a, const WebSocketCompression &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketCompressionPrivate;
    bool equals(const WebSocketCompression &other) const noexcept;

    QSharedDataPointer<WebSocketCompressionPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketCompression)
