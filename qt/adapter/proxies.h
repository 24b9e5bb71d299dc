// Which proxy leads to a server, as Qt's classes say it.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qlist.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qnetworkproxy.h>

#include <functional>
#include <memory>
#include <optional>

namespace Wirebird {

/// The error of QAbstractSocket for a failure on the way to the server: of a proxy, or
/// of one's own address.
std::optional<QAbstractSocket::SocketError> errorOfDialing(wirebird_status_t status,
                                                           quint64 value);

#ifndef QT_NO_NETWORKPROXY
/// What Qt asks for a TCP connection to the server of a URL.
QNetworkProxyQuery proxyQuery(const QUrl &url);

/// The first proxy that a TCP connection can be tunnelled through, as Qt chooses it;
/// DefaultProxy if there is none.
QNetworkProxy firstUsable(const QList<QNetworkProxy> &proxies);

/// Asks the system's configuration, which may take seconds, beside the thread of its
/// owner.
class ProxyLookup
{
public:
    /// Calls `found` on the thread of `receiver`, also after that has moved.
    ProxyLookup(QObject *receiver, std::function<void(const QList<QNetworkProxy> &)> found);
    ~ProxyLookup() { forget(); }
    Q_DISABLE_COPY(ProxyLookup)

    /// Forgets the query before.
    void begin(const QNetworkProxyQuery &query);

private:
    struct Request;

    void forget();

    QObject *const m_receiver;
    const std::function<void(const QList<QNetworkProxy> &)> m_found;
    std::shared_ptr<Request> m_request;
};
#endif

} // namespace Wirebird
