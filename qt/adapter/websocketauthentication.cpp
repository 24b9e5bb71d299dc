// A server or a proxy wants to know who asks: the application is asked for a user and
// a password, while the engine holds the opening handshake.
#include "websocket_p.h"

#include "convert.h"
#include "storage.h"

namespace Wirebird {

/// The user and the password that the URL and the proxy have are told first, by the
/// engine.
void WebSocketPrivate::knowCredentials()
{
    m_serverCredentials = {request.url().userName(QUrl::FullyDecoded),
                           request.url().password(QUrl::FullyDecoded)};
#ifndef QT_NO_NETWORKPROXY
    m_proxyCredentials = {proxyInUse.user(), proxyInUse.password()};
#endif
}

void WebSocketPrivate::askForCredentials(const wirebird_event_t &event)
{
    const auto authenticator = std::make_shared<QAuthenticator>();
    authenticator->setRealm(takeText(event));
    const bool isOfProxy = event.value == WIREBIRD_HOP_PROXY;
    Credentials *const told = isOfProxy ? &m_proxyCredentials : &m_serverCredentials;
    if (event.status == WIREBIRD_OK) {
        *told = {};
    } else {
        authenticator->setUser(told->user);
        authenticator->setPassword(told->password);
    }
    const auto ask = [this, authenticator, isOfProxy, asked = event.connection.id] {
        if (connection.get().id != asked)
            return;
        cookies.takeResponses(connection.get());
        if (!isOfProxy)
            m_emitter->authenticationRequired(authenticator.get());
#ifndef QT_NO_NETWORKPROXY
        else
            m_emitter->proxyAuthenticationRequired(proxyInUse, authenticator.get());
#endif
    };
    const auto answer = [this, authenticator, told, asked = event.connection.id] {
        // The slot may have closed, or opened anew.
        if (connection.get().id != asked)
            return;
        const Credentials given{authenticator->user(), authenticator->password()};
        const bool isSame = given.user == told->user && given.password == told->password;
        *told = given;
        const QByteArray user = given.user.toUtf8();
        const QByteArray password = given.password.toUtf8();
        if (isSame
            || wirebird_connection_authenticate(connection.get(), textView(user),
                                                textView(password))
                != WIREBIRD_OK)
            wirebird_connection_decline_authentication(connection.get());
    };
    steps.add(ask);
    now(answer);
}

/// Whether a server has asked for credentials that can be given.
bool WebSocketPrivate::isChallenged() const
{
    for (const auto &[name, value] : responseHeaders) {
        const QByteArray challenge = value.toLower();
        if (name == "www-authenticate"
            && (challenge.contains("basic") || challenge.contains("digest")))
            return true;
    }
    return false;
}

} // namespace Wirebird
