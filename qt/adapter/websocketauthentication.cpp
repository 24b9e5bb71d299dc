// A server that wants to know who asks: 401 to the opening handshake, and the
// handshake anew with credentials.
#include "websocket_p.h"

#include <QtCore/qregularexpression.h>

namespace Wirebird {
namespace {

/// The realm of a Basic challenge (RFC 7617); none without one.
std::optional<QString> basicRealm(const QList<QPair<QByteArray, QByteArray>> &headers)
{
    static const QRegularExpression basic(
        QStringLiteral("(?:^|,)\\s*basic(?:\\s+realm\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,]*)))?"),
        QRegularExpression::CaseInsensitiveOption);
    for (const auto &[name, value] : headers) {
        const auto match = basic.match(QString::fromUtf8(value));
        if (name != "www-authenticate" || !match.hasMatch())
            continue;
        QString realm = match.captured(match.capturedStart(1) >= 0 ? 1 : 2);
        realm.remove(QLatin1Char('\\'));
        return realm;
    }
    return std::nullopt;
}

} // namespace

/// Whether the refusal can be answered; then the state stays ConnectingState
/// until that is done.
bool WebSocketPrivate::authenticate()
{
    const std::optional<QString> realm = basicRealm(responseHeaders);
    if (responseStatus != 401 || !realm)
        return false;
    const QUrl url = request.url();
    m_authenticator.setRealm(*realm);
    if (m_asked == Asked::Nobody && !url.userName().isEmpty()) {
        m_asked = Asked::Url;
        m_authenticator.setUser(url.userName());
        m_authenticator.setPassword(url.password());
        steps.insert({[this] { openAuthenticated(); }});
        return true;
    }
    m_asked = Asked::Application;
    const auto ask = [this] { m_emitter->authenticationRequired(&m_authenticator); };
    const auto decide = [this, user = m_authenticator.user(),
                         password = m_authenticator.password()] {
        // The slot may have closed, or opened anew.
        if (state != QAbstractSocket::ConnectingState || connection)
            return;
        if (m_authenticator.user() != user || m_authenticator.password() != password)
            openAuthenticated();
        else
            refusedForGood(QAbstractSocket::ConnectionRefusedError,
                           QStringLiteral(
                               "QWebSocket::processHandshake: Host requires authentication"));
    };
    steps.insert({ask, decide});
    return true;
}

void WebSocketPrivate::openAuthenticated()
{
    const QString credentials = m_authenticator.user() + QLatin1Char(':')
        + m_authenticator.password();
    QNetworkRequest authenticated = request;
    authenticated.setRawHeader("Authorization", "Basic " + credentials.toUtf8().toBase64());
    if (const auto failure = connectTo(authenticated, handshakeOptions))
        refusedForGood(failure->error, failure->text);
}

} // namespace Wirebird
