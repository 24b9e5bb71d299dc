// What a client asks for in its opening handshake.
#pragma once

#include "qwebsockets_global.h"

#include <QtCore/QSharedDataPointer>
#include <QtCore/QStringList>

QT_BEGIN_NAMESPACE

class QWebSocketHandshakeOptionsPrivate;

/// Options of QWebSocket::open(). A value; copies share.
class Q_WEBSOCKETS_EXPORT QWebSocketHandshakeOptions
{
public:
    QWebSocketHandshakeOptions();
    QWebSocketHandshakeOptions(const QWebSocketHandshakeOptions &other);
    QWebSocketHandshakeOptions(QWebSocketHandshakeOptions &&other) noexcept;
    ~QWebSocketHandshakeOptions();

    QWebSocketHandshakeOptions &operator=(const QWebSocketHandshakeOptions &other);
    QWebSocketHandshakeOptions &operator=(QWebSocketHandshakeOptions &&other) noexcept
    {
        QWebSocketHandshakeOptions moved(std::move(other));
        swap(moved);
        return *this;
    }

    void swap(QWebSocketHandshakeOptions &other) noexcept { d.swap(other.d); }

    /// Subprotocols in order of preference. Default: none.
    QStringList subprotocols() const;
    void setSubprotocols(const QStringList &protocols);

private:
    bool equals(const QWebSocketHandshakeOptions &other) const;

    friend bool operator==(const QWebSocketHandshakeOptions &lhs,
                           const QWebSocketHandshakeOptions &rhs)
    {
        return lhs.equals(rhs);
    }
    friend bool operator!=(const QWebSocketHandshakeOptions &lhs,
                           const QWebSocketHandshakeOptions &rhs)
    {
        return !lhs.equals(rhs);
    }

    QSharedDataPointer<QWebSocketHandshakeOptionsPrivate> d;
};

Q_DECLARE_SHARED(QWebSocketHandshakeOptions)

QT_END_NAMESPACE
