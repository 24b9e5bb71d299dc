// The signals of a connection's public object, whatever its class.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtNetwork/qabstractsocket.h>

#include <type_traits>
#include <utility>

#include "tlsemitter.h"

QT_BEGIN_NAMESPACE
class QAuthenticator;
class QNetworkProxy;
QT_END_NAMESPACE

namespace Wirebird {

class WebSocketEmitter : public virtual TlsEmitter
{
public:
    /// Besides state, whose signal is stateChanged().
    enum class Property {
        RequestUrl,
        Subprotocol,
        Extensions,
        ErrorString,
        CloseCode,
        CloseReason,
        RoundTripTime,
        Reconnecting
    };

    ~WebSocketEmitter() override = default;

    virtual void aboutToClose() = 0;
    virtual void connected() = 0;
    virtual void disconnected() = 0;
    virtual void stateChanged(QAbstractSocket::SocketState state) = 0;
    virtual void readChannelFinished() = 0;
    virtual void textFrameReceived(const QString &frame, bool isLastFrame) = 0;
    virtual void binaryFrameReceived(const QByteArray &frame, bool isLastFrame) = 0;
    virtual void textMessageReceived(const QString &message) = 0;
    virtual void binaryMessageReceived(const QByteArray &message) = 0;
    virtual void errorOccurred(QAbstractSocket::SocketError error) = 0;
    /// Deprecated by Qt, emitted after errorOccurred().
    virtual void error(QAbstractSocket::SocketError error) = 0;
    virtual void pong(quint64 elapsedTime, const QByteArray &payload) = 0;
    virtual void bytesWritten(qint64 bytes) = 0;
    virtual void authenticationRequired(QAuthenticator *authenticator) = 0;
#ifndef QT_NO_NETWORKPROXY
    virtual void proxyAuthenticationRequired(const QNetworkProxy &proxy,
                                             QAuthenticator *authenticator) = 0;
#endif

    // Wirebird's own: nothing where the class has none.
    virtual void pingReceived(const QByteArray &payload) = 0;
    virtual void highWater() = 0;
    virtual void lowWater() = 0;
    virtual void redirected(const QUrl &url) = 0;
    /// `delay` in milliseconds.
    virtual void reconnectScheduled(int attempt, qint64 delay) = 0;
    /// The NOTIFY signal of a property.
    virtual void changed(Property property) = 0;

    /// The WIREBIRD_WANT_… that a connection of `signal` needs. By any thread.
    virtual quint32 wantOf(const QMetaMethod &signal) const = 0;
    /// The WIREBIRD_WANT_… of all signals that are connected now.
    virtual quint32 wants() const = 0;
};

/// Emits the signals of class `Socket`, which names this class as a friend.
template <typename Socket>
class WebSocketEmitterOf final : public WebSocketEmitter, public TlsEmitterOf<Socket>
{
public:
    explicit WebSocketEmitterOf(Socket *socket) : TlsEmitterOf<Socket>(socket), q(socket) {}

    void aboutToClose() override { Q_EMIT q->aboutToClose(); }
    void connected() override { Q_EMIT q->connected(); }
    void disconnected() override { Q_EMIT q->disconnected(); }
    void stateChanged(QAbstractSocket::SocketState state) override
    {
        Q_EMIT q->stateChanged(state);
    }
    void readChannelFinished() override { Q_EMIT q->readChannelFinished(); }
    void textFrameReceived(const QString &frame, bool isLastFrame) override
    {
        Q_EMIT q->textFrameReceived(frame, isLastFrame);
    }
    void binaryFrameReceived(const QByteArray &frame, bool isLastFrame) override
    {
        Q_EMIT q->binaryFrameReceived(frame, isLastFrame);
    }
    void textMessageReceived(const QString &message) override
    {
        Q_EMIT q->textMessageReceived(message);
    }
    void binaryMessageReceived(const QByteArray &message) override
    {
        Q_EMIT q->binaryMessageReceived(message);
    }
    void errorOccurred(QAbstractSocket::SocketError error) override
    {
        Q_EMIT q->errorOccurred(error);
    }
    void error(QAbstractSocket::SocketError error) override { Q_EMIT q->error(error); }
    void pong(quint64 elapsedTime, const QByteArray &payload) override
    {
        Q_EMIT q->pong(elapsedTime, payload);
    }
    void bytesWritten(qint64 bytes) override { Q_EMIT q->bytesWritten(bytes); }
    void authenticationRequired(QAuthenticator *authenticator) override
    {
        Q_EMIT q->authenticationRequired(authenticator);
    }
#ifndef QT_NO_NETWORKPROXY
    void proxyAuthenticationRequired(const QNetworkProxy &proxy,
                                     QAuthenticator *authenticator) override
    {
        Q_EMIT q->proxyAuthenticationRequired(proxy, authenticator);
    }
#endif

    void pingReceived(const QByteArray &payload) override
    {
        if constexpr (IsOwn<Socket>::value)
            Q_EMIT q->pingReceived(payload);
    }
    void highWater() override
    {
        if constexpr (IsOwn<Socket>::value)
            Q_EMIT q->highWater();
    }
    void lowWater() override
    {
        if constexpr (IsOwn<Socket>::value)
            Q_EMIT q->lowWater();
    }
    void redirected(const QUrl &url) override
    {
        if constexpr (IsOwn<Socket>::value)
            Q_EMIT q->redirected(url);
    }
    void reconnectScheduled(int attempt, qint64 delay) override
    {
        if constexpr (IsOwn<Socket>::value)
            Q_EMIT q->reconnectScheduled(attempt, delay);
    }
    void changed(Property property) override
    {
        if constexpr (IsOwn<Socket>::value) {
            switch (property) {
            case Property::RequestUrl:
                Q_EMIT q->requestUrlChanged();
                break;
            case Property::Subprotocol:
                Q_EMIT q->subprotocolChanged();
                break;
            case Property::Extensions:
                Q_EMIT q->extensionsChanged();
                break;
            case Property::ErrorString:
                Q_EMIT q->errorStringChanged();
                break;
            case Property::CloseCode:
                Q_EMIT q->closeCodeChanged();
                break;
            case Property::CloseReason:
                Q_EMIT q->closeReasonChanged();
                break;
            case Property::RoundTripTime:
                Q_EMIT q->roundTripTimeChanged();
                break;
            case Property::Reconnecting:
                Q_EMIT q->reconnectingChanged();
            }
        }
    }

    quint32 wantOf(const QMetaMethod &signal) const override
    {
        quint32 found = 0;
        forEachWant([&](const QMetaMethod &method, quint32 want) {
            if (method == signal)
                found = want;
        });
        return found;
    }
    quint32 wants() const override
    {
        quint32 found = 0;
        forEachWant([&](const QMetaMethod &method, quint32 want) {
            if (q->isSignalConnected(method))
                found |= want;
        });
        return found;
    }

private:
    template <typename T, typename = void>
    struct IsOwn : std::false_type
    {
    };
    template <typename T>
    struct IsOwn<T, std::void_t<decltype(&T::pingReceived)>> : std::true_type
    {
    };

    template <typename Function>
    static void forEachWant(Function function)
    {
        static const std::pair<QMetaMethod, quint32> wants[] = {
            {QMetaMethod::fromSignal(&Socket::textFrameReceived), WIREBIRD_WANT_FRAMES},
            {QMetaMethod::fromSignal(&Socket::binaryFrameReceived), WIREBIRD_WANT_FRAMES},
            {QMetaMethod::fromSignal(&Socket::bytesWritten), WIREBIRD_WANT_WRITTEN},
            {QMetaMethod::fromSignal(&Socket::authenticationRequired),
             WIREBIRD_WANT_AUTHENTICATION},
#ifndef QT_NO_NETWORKPROXY
            {QMetaMethod::fromSignal(&Socket::proxyAuthenticationRequired),
             WIREBIRD_WANT_AUTHENTICATION},
#endif
            {pingMethod(), WIREBIRD_WANT_PING},
            {roundTripMethod(), WIREBIRD_WANT_ROUND_TRIP},
        };
        for (const auto &[method, want] : wants)
            function(method, want);
    }
    static QMetaMethod pingMethod()
    {
        if constexpr (IsOwn<Socket>::value)
            return QMetaMethod::fromSignal(&Socket::pingReceived);
        else
            return QMetaMethod();
    }
    static QMetaMethod roundTripMethod()
    {
        if constexpr (IsOwn<Socket>::value)
            return QMetaMethod::fromSignal(&Socket::roundTripTimeChanged);
        else
            return QMetaMethod();
    }

    Socket *const q;
};

} // namespace Wirebird
