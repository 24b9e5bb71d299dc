// All signals of a socket, each with a letter, and the orders of letters that are promised.
#pragma once

#include "basics.h"

#include <QtCore/QRegularExpression>

#include <type_traits>

namespace Teardown {

template <typename Object, typename = void>
struct HasAlerts : std::false_type
{
};
template <typename Object>
struct HasAlerts<Object, std::void_t<decltype(&Object::alertSent)>> : std::true_type
{
};

using Named = std::function<void(const QByteArray &, char)>;

/// Calls `slot` with the name and a letter at each of a socket's or server's signals
/// about TLS.
template <typename Object>
void forEachSignalOfTls(Object *object, const Named &slot)
{
    const auto on = [=](auto signal, const char *name) {
        QObject::connect(object, signal, object, [=] { slot(name, 'm'); }, Qt::DirectConnection);
    };
    on(&Object::peerVerifyError, "peerVerifyError");
    on(&Object::sslErrors, "sslErrors");
    on(&Object::preSharedKeyAuthenticationRequired, "preSharedKeyAuthenticationRequired");
    on(&Object::handshakeInterruptedOnError, "handshakeInterruptedOnError");
    if constexpr (HasAlerts<Object>::value) {
        on(&Object::alertSent, "alertSent");
        on(&Object::alertReceived, "alertReceived");
    }
}

/// The same of what Wirebird's sockets have alone.
template <typename Object>
void forEachOwnSignal(Object *socket, const Named &slot)
{
    const auto on = [=](auto signal, const char *name, char letter) {
        QObject::connect(socket, signal, socket, [=] { slot(name, letter); },
                         Qt::DirectConnection);
    };
    if constexpr (isWirebird) {
        on(&Object::pingReceived, "pingReceived", 'm');
        on(&Object::highWater, "highWater", 'm');
        on(&Object::lowWater, "lowWater", 'm');
        on(&Object::redirected, "redirected", 'm');
        on(&Object::reconnectScheduled, "reconnectScheduled", 'n');
        on(&Object::reconnectingChanged, "reconnectingChanged", 'n');
        on(&Object::requestUrlChanged, "requestUrlChanged", 'n');
        on(&Object::subprotocolChanged, "subprotocolChanged", 'n');
        on(&Object::extensionsChanged, "extensionsChanged", 'n');
        on(&Object::errorStringChanged, "errorStringChanged", 'n');
        on(&Object::closeCodeChanged, "closeCodeChanged", 'n');
        on(&Object::closeReasonChanged, "closeReasonChanged", 'n');
        on(&Object::roundTripTimeChanged, "roundTripTimeChanged", 'n');
    }
}

/// States as capital letters; o, a, d, r: connected, aboutToClose, disconnected,
/// readChannelFinished; e, x: errorOccurred, error; m: what a connection carries or
/// asks; n: of properties and plans, which may come anywhere.
inline void forEachSignal(Socket *socket, const Named &slot)
{
    const auto on = [=](auto signal, const char *name, char letter) {
        QObject::connect(socket, signal, socket, [=] { slot(name, letter); },
                         Qt::DirectConnection);
    };
    QObject::connect(socket, &Socket::stateChanged, socket,
                     [=](State state) { slot("stateChanged", letterOf(state)); },
                     Qt::DirectConnection);
    on(&Socket::connected, "connected", 'o');
    on(&Socket::aboutToClose, "aboutToClose", 'a');
    on(&Socket::disconnected, "disconnected", 'd');
    on(&Socket::readChannelFinished, "readChannelFinished", 'r');
    on(&Socket::errorOccurred, "errorOccurred", 'e');
    on(QOverload<QAbstractSocket::SocketError>::of(&Socket::error), "error", 'x');
    on(&Socket::textFrameReceived, "textFrameReceived", 'm');
    on(&Socket::textMessageReceived, "textMessageReceived", 'm');
    on(&Socket::binaryFrameReceived, "binaryFrameReceived", 'm');
    on(&Socket::binaryMessageReceived, "binaryMessageReceived", 'm');
    on(&Socket::pong, "pong", 'm');
    on(&Socket::bytesWritten, "bytesWritten", 'm');
    on(&Socket::authenticationRequired, "authenticationRequired", 'm');
    on(&Socket::proxyAuthenticationRequired, "proxyAuthenticationRequired", 'm');
    forEachSignalOfTls(socket, slot);
    forEachOwnSignal(socket, slot);
}

/// Whether these signals, from the first connection's on, are in the promised
/// order; each but the last connection may have been interrupted by open().
inline bool isPromised(const QByteArray &all, bool mayStop)
{
    const QByteArray letters = QByteArray(all).replace("n", "");
    static const QRegularExpression connection(
        "^C m* (?: e x U d r? | U d (?: e x )? |" // r: of the drop-in, after TLS
        " O o? m* (?: (?: e x? )? a m* L m* U d r | e x L U d r | a m* U d r ) )$",
        QRegularExpression::ExtendedPatternSyntaxOption);
    const QList<QByteArray> connections = letters.mid(1).split('C');
    for (int i = 0; i < connections.size(); ++i) {
        const auto match =
            connection.match('C' + QString::fromLatin1(connections[i]), 0,
                             QRegularExpression::PartialPreferCompleteMatch);
        const bool mayBePart = mayStop || i + 1 < connections.size();
        if (!match.hasMatch() && !(mayBePart && match.hasPartialMatch()))
            return false;
    }
    return letters.startsWith('C');
}

} // namespace Teardown
