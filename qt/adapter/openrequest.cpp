// A QNetworkRequest as the engine takes it.
#include "openrequest.h"

#include "convert.h"
#include "dialing.h"

#include <QtCore/qdebug.h>

namespace Wirebird {
namespace {

/// Fields that the handshake writes itself (RFC 6455 section 4.1).
bool isOfHandshake(const QByteArray &lowerName)
{
    return lowerName == "connection" || lowerName == "upgrade"
        || lowerName.startsWith("sec-websocket-");
}

} // namespace

std::optional<OpenError> findOpenError(const QUrl &url, const QString &origin, Manner manner)
{
    const bool hasHost = !url.host().isEmpty();
    const bool isLocal = manner == Manner::Wirebird && isOfUnixSocket(url);
    const QString lineEnd = QStringLiteral("\r\n");
    if (!url.isValid() || !(hasHost || isLocal) || url.toString().contains(lineEnd))
        return OpenError{QAbstractSocket::ConnectionRefusedError, QStringLiteral("Invalid URL.")};
    if (url.path(QUrl::FullyDecoded).contains(lineEnd))
        return OpenError{QAbstractSocket::ConnectionRefusedError,
                         QStringLiteral("Invalid resource name.")};
    if (origin.contains(QLatin1Char('\r')) || origin.contains(QLatin1Char('\n')))
        return OpenError{
            QAbstractSocket::ConnectionRefusedError,
            QStringLiteral("The origin contains newlines. Possible attack detected.")};
    return std::nullopt;
}

#ifndef QT_NO_NETWORKPROXY
std::optional<OpenError> findProxyError(const QNetworkProxy &proxy)
{
    switch (proxy.type()) {
    case QNetworkProxy::NoProxy:
        return std::nullopt;
    case QNetworkProxy::HttpProxy:
    case QNetworkProxy::Socks5Proxy:
        if (!proxy.hostName().isEmpty())
            return std::nullopt;
        return OpenError{QAbstractSocket::ProxyNotFoundError,
                         QStringLiteral("The proxy has no host name.")};
    default: // caches for HTTP and FTP, and DefaultProxy: none in the list
        return OpenError{QAbstractSocket::UnsupportedSocketOperationError,
                         QStringLiteral("Operation on socket is not supported")};
    }
}
#endif

OpenError toOpenError(wirebird_status_t status, const QUrl &url)
{
    switch (status) {
    case WIREBIRD_ERROR_URL:
        return {QAbstractSocket::ConnectionRefusedError, QStringLiteral("Invalid URL.")};
    case WIREBIRD_ERROR_SCHEME:
        return {QAbstractSocket::UnsupportedSocketOperationError,
                QStringLiteral("Unsupported WebSocket scheme: %1").arg(url.scheme())};
    case WIREBIRD_ERROR_RESOURCES:
        return {QAbstractSocket::SocketResourceError, lastError()};
    case WIREBIRD_ERROR_ARGUMENT:
        return {QAbstractSocket::ConnectionRefusedError, lastError()};
    default:
        return {QAbstractSocket::UnknownSocketError, lastError()};
    }
}

QString resourceNameOf(const QUrl &url)
{
    QString name = url.path(QUrl::FullyEncoded);
    if (isOfUnixSocket(url)) // after the path of the socket
        name = name.section(QLatin1Char(':'), 1);
    if (name.isEmpty())
        name = QStringLiteral("/");
    if (url.hasQuery())
        name += QLatin1Char('?') + url.query(QUrl::FullyEncoded);
    return name;
}

OpenRequest::OpenRequest(const QNetworkRequest &request, const WebSocketHandshakeOptions &options,
                         const QString &origin)
    : m_url(request.url().toEncoded(QUrl::RemoveUserInfo | QUrl::RemoveFragment)),
      m_origin(origin.toUtf8())
{
    QList<QByteArray> protocols;
    const QStringList asked = options.subprotocols();
    for (const QString &name : asked)
        protocols.append(name.toUtf8());
    const QList<QByteArray> names = request.rawHeaderList();
    for (const QByteArray &name : names) {
        const QByteArray lowerName = name.toLower();
        if (lowerName == "sec-websocket-protocol")
            protocols += splitHeader(request.rawHeader(name));
        else if (isOfHandshake(lowerName))
            qWarning() << "Ignoring a header that the WebSocket handshake writes itself:" << name;
        else if (lowerName == "origin")
            m_origin = request.rawHeader(name);
        else
            m_headers.append({name, request.rawHeader(name)});
    }
    addProtocols(protocols);
    for (const QByteArray &name : std::as_const(m_protocols))
        m_protocolViews.push_back(textView(name));
    for (const auto &[name, value] : std::as_const(m_headers))
        m_headerViews.push_back({textView(name), textView(value)});
}

void OpenRequest::addProtocols(const QList<QByteArray> &names)
{
    for (const QByteArray &name : names) {
        if (!isToken(name))
            qWarning() << "Ignoring invalid WebSocket subprotocol name" << QString::fromUtf8(name);
        else if (!m_protocols.contains(name))
            m_protocols.append(name);
    }
}

void OpenRequest::fill(wirebird_client_options_t *options) const
{
    options->url = textView(m_url);
    options->origin = textView(m_origin);
    options->subprotocols = m_protocolViews.data();
    options->subprotocol_count = m_protocolViews.size();
    options->headers = m_headerViews.data();
    options->header_count = m_headerViews.size();
}

} // namespace Wirebird
