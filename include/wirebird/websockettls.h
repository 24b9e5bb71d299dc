// What is asked of TLS beyond QSslConfiguration.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>

namespace Wirebird {

class WebSocketTlsPrivate;

/// Pinned keys, another name for the server, and revoked certificates. A value; copies
/// share.
class WIREBIRD_QT_EXPORT WebSocketTls
{
public:
    WebSocketTls();
    WebSocketTls(const WebSocketTls &other);
    WebSocketTls(WebSocketTls &&other) noexcept;
    ~WebSocketTls();

    WebSocketTls &operator=(const WebSocketTls &other);
    WebSocketTls &operator=(WebSocketTls &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(WebSocketTls &other) noexcept { d.swap(other.d); }

    QList<QByteArray> pinnedKeys() const;
    void setPinnedKeys(const QList<QByteArray> &pinnedKeys);
    QString serverName() const;
    void setServerName(const QString &serverName);

    QList<QByteArray> revocationLists() const;
    void setRevocationLists(const QList<QByteArray> &revocationLists);

    friend bool operator==(const WebSocketTls &a, const WebSocketTls &b) noexcept { return a.equals(b); }
    friend bool operator!=(const WebSocketTls &a, const WebSocketTls &b) noexcept { return !a.equals(b); }

private:
    friend class WebSocketTlsPrivate;
    bool equals(const WebSocketTls &other) const noexcept;

    QSharedDataPointer<WebSocketTlsPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::WebSocketTls)
