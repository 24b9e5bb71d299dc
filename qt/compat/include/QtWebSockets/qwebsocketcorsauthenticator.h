// The question to a server's application whether an origin is welcome.
#pragma once

#include "qwebsockets_global.h"

#include <QtCore/QScopedPointer>
#include <QtCore/QString>

#include <memory>

QT_BEGIN_NAMESPACE

class QWebSocketCorsAuthenticatorPrivate;

/// Carries the Origin of a request and takes the answer.
class Q_WEBSOCKETS_EXPORT QWebSocketCorsAuthenticator
{
public:
    explicit QWebSocketCorsAuthenticator(const QString &origin);
    ~QWebSocketCorsAuthenticator();
    explicit QWebSocketCorsAuthenticator(const QWebSocketCorsAuthenticator &other);
    QWebSocketCorsAuthenticator(QWebSocketCorsAuthenticator &&other) noexcept;

    QWebSocketCorsAuthenticator &operator=(QWebSocketCorsAuthenticator &&other) noexcept;
    QWebSocketCorsAuthenticator &operator=(const QWebSocketCorsAuthenticator &other);

    void swap(QWebSocketCorsAuthenticator &other) noexcept;

    /// The Origin header of the request; empty if it had none.
    QString origin() const;

    /// Whether the request is accepted. Default: true.
    void setAllowed(bool allowed);
    bool allowed() const;

private:
    std::unique_ptr<QWebSocketCorsAuthenticatorPrivate> d_ptr;
};

QT_END_NAMESPACE
