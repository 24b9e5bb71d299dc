// Which proxy leads to a server, as Qt's classes say it.
#include "proxies.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtCore/qthreadpool.h>

#include <mutex>

namespace Wirebird {
namespace {

/// The proxy has not connected to the server: why, by its HTTP status or its SOCKS
/// reply (RFC 1928 section 6).
QAbstractSocket::SocketError errorOfRefusal(quint64 answer)
{
    switch (answer) {
    case 1: // general failure
    case 3: // network unreachable
    case 6: // TTL expired
        return QAbstractSocket::NetworkError;
    case 2: // not allowed
    case 403:
    case 405:
        return QAbstractSocket::SocketAccessError;
    case 4: // host unreachable
    case 404:
        return QAbstractSocket::HostNotFoundError;
    case 5: // connection refused
    case 503:
        return QAbstractSocket::ConnectionRefusedError;
    case 7: // command not supported
    case 8: // kind of address not supported
        return QAbstractSocket::UnsupportedSocketOperationError;
    default:
        return QAbstractSocket::ProxyProtocolError;
    }
}

} // namespace

std::optional<QAbstractSocket::SocketError> errorOfDialing(wirebird_status_t status, quint64 value)
{
    switch (status) {
    case WIREBIRD_ERROR_PROXY_NOT_FOUND:
        return QAbstractSocket::ProxyNotFoundError;
    case WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED:
        return QAbstractSocket::ProxyConnectionRefusedError;
    case WIREBIRD_ERROR_PROXY_CONNECTION_LOST:
        return QAbstractSocket::ProxyConnectionClosedError;
    case WIREBIRD_ERROR_PROXY_TIMEOUT:
        return QAbstractSocket::ProxyConnectionTimeoutError;
    case WIREBIRD_ERROR_PROXY_PROTOCOL:
        return QAbstractSocket::ProxyProtocolError;
    case WIREBIRD_ERROR_PROXY_AUTHENTICATION:
        return QAbstractSocket::ProxyAuthenticationRequiredError;
    case WIREBIRD_ERROR_PROXY_REFUSED:
        return errorOfRefusal(value);
    case WIREBIRD_ERROR_ADDRESS_IN_USE:
        return QAbstractSocket::AddressInUseError;
    case WIREBIRD_ERROR_ADDRESS_UNAVAILABLE:
        return QAbstractSocket::SocketAddressNotAvailableError;
    case WIREBIRD_ERROR_PERMISSION:
        return QAbstractSocket::SocketAccessError;
    default:
        return std::nullopt;
    }
}

#ifndef QT_NO_NETWORKPROXY

QNetworkProxyQuery proxyQuery(const QUrl &url)
{
    const bool isSecure = url.scheme() == QLatin1String("wss");
    return QNetworkProxyQuery(url.host(), url.port(isSecure ? 443 : 80),
                              isSecure ? QStringLiteral("https") : QStringLiteral("http"),
                              QNetworkProxyQuery::TcpSocket);
}

QNetworkProxy firstUsable(const QList<QNetworkProxy> &proxies)
{
    for (const QNetworkProxy &proxy : proxies) {
        if (proxy.capabilities().testFlag(QNetworkProxy::TunnelingCapability))
            return proxy;
    }
    return QNetworkProxy(QNetworkProxy::DefaultProxy);
}

/// Outlives its owner: the query can't be interrupted.
struct ProxyLookup::Request
{
    std::mutex mutex;
    ProxyLookup *owner; ///< Null once forgotten, by its thread.
};

ProxyLookup::ProxyLookup(QObject *receiver,
                         std::function<void(const QList<QNetworkProxy> &)> found)
    : m_receiver(receiver), m_found(std::move(found))
{
}

void ProxyLookup::begin(const QNetworkProxyQuery &query)
{
    // A pool of its own: the application's may be busy.
    static QThreadPool pool;
    pool.setMaxThreadCount(1); // Qt makes one query at a time in any case
    forget();
    m_request = std::make_shared<Request>();
    m_request->owner = this;
    pool.start([request = m_request, query] {
        const QList<QNetworkProxy> proxies = QNetworkProxyFactory::proxyForQuery(query);
        const std::lock_guard lock(request->mutex);
        if (!request->owner)
            return;
        const auto tell = [request, proxies] {
            if (request->owner)
                request->owner->m_found(proxies);
        };
        QMetaObject::invokeMethod(request->owner->m_receiver, tell, Qt::QueuedConnection);
    });
}

void ProxyLookup::forget()
{
    if (!m_request)
        return;
    const std::lock_guard lock(m_request->mutex);
    m_request->owner = nullptr;
}

#endif

} // namespace Wirebird
