// The signals about TLS of a public object, whatever its class.
#pragma once

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>

#include <initializer_list>
#include <type_traits>

#ifndef QT_NO_SSL
#  include <QtNetwork/qsslerror.h>

QT_BEGIN_NAMESPACE
class QSslPreSharedKeyAuthenticator;
QT_END_NAMESPACE
#endif

namespace Wirebird {

#ifndef QT_NO_SSL
class TlsEmitter
{
public:
    virtual ~TlsEmitter() = default;

    virtual void peerVerifyError(const QSslError &error) = 0;
    virtual void sslErrors(const QList<QSslError> &errors) = 0;
    virtual void
    preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator) = 0;
    virtual void handshakeInterruptedOnError(const QSslError &error) = 0;
    /// Numbers of QSsl::AlertLevel and QSsl::AlertType. Nothing where the class has none.
    virtual void alertSent(int level, int type, const QString &description) = 0;
    virtual void alertReceived(int level, int type, const QString &description) = 0;

    /// Whether somebody follows any of these signals.
    virtual bool isTlsFollowed() const = 0;
    /// Whether somebody would answer preSharedKeyAuthenticationRequired().
    virtual bool hasPreSharedKey() const = 0;
};

/// Of class `Object`, which names this class as a friend.
template <typename Object>
class TlsEmitterOf : public virtual TlsEmitter
{
public:
    explicit TlsEmitterOf(Object *object) : m_object(object) {}

    void peerVerifyError(const QSslError &error) override
    {
        Q_EMIT m_object->peerVerifyError(error);
    }
    void sslErrors(const QList<QSslError> &errors) override { Q_EMIT m_object->sslErrors(errors); }
    void preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator) override
    {
        Q_EMIT m_object->preSharedKeyAuthenticationRequired(authenticator);
    }
    void handshakeInterruptedOnError(const QSslError &error) override
    {
        Q_EMIT m_object->handshakeInterruptedOnError(error);
    }
    void alertSent(int level, int type, const QString &description) override
    {
        if constexpr (HasAlerts<Object>::value)
            tellAlert(&Object::alertSent, level, type, description);
    }
    void alertReceived(int level, int type, const QString &description) override
    {
        if constexpr (HasAlerts<Object>::value)
            tellAlert(&Object::alertReceived, level, type, description);
    }

    bool isTlsFollowed() const override
    {
        const auto isFollowed = [this](const QMetaMethod &signal) {
            return m_object->isSignalConnected(signal);
        };
        if constexpr (HasAlerts<Object>::value) {
            if (isFollowed(QMetaMethod::fromSignal(&Object::alertSent))
                || isFollowed(QMetaMethod::fromSignal(&Object::alertReceived)))
                return true;
        }
        return isFollowed(QMetaMethod::fromSignal(&Object::peerVerifyError))
            || isFollowed(QMetaMethod::fromSignal(&Object::sslErrors))
            || isFollowed(QMetaMethod::fromSignal(&Object::handshakeInterruptedOnError))
            || hasPreSharedKey();
    }
    bool hasPreSharedKey() const override
    {
        return m_object->isSignalConnected(
            QMetaMethod::fromSignal(&Object::preSharedKeyAuthenticationRequired));
    }

private:
    template <typename T, typename = void>
    struct HasAlerts : std::false_type
    {
    };
    template <typename T>
    struct HasAlerts<T, std::void_t<decltype(&T::alertSent)>> : std::true_type
    {
    };

    template <typename Level, typename Type>
    void tellAlert(void (Object::*signal)(Level, Type, const QString &), int level, int type,
                   const QString &description)
    {
        Q_EMIT(m_object->*signal)(Level(level), Type(type), description);
    }

    Object *const m_object;
};
#else
class TlsEmitter
{
public:
    virtual ~TlsEmitter() = default;
};

template <typename Object>
class TlsEmitterOf : public virtual TlsEmitter
{
public:
    explicit TlsEmitterOf(Object *) {}
};
#endif

} // namespace Wirebird
