// The way to a server: which proxy, and where redirects have led.
#include "websocket_p.h"

#include "convert.h"

namespace Wirebird {

#ifndef QT_NO_NETWORKPROXY
/// Decides which proxy is used, unless that may take long; then whether it has to be
/// looked up.
bool WebSocketPrivate::needsLookup(const QUrl &url)
{
    // What is no WebSocket's URL is refused without asking anybody.
    const bool isTcp = url.scheme() == QLatin1String("ws") || url.scheme() == QLatin1String("wss");
    if (!isTcp) {
        proxyInUse = QNetworkProxy(QNetworkProxy::NoProxy);
        return false;
    }
    if (proxy.type() != QNetworkProxy::DefaultProxy) {
        proxyInUse = firstUsable({proxy});
        return false;
    }
    if (QNetworkProxyFactory::usesSystemConfiguration())
        return true;
    // A factory of the application's, asked where Qt would ask it.
    proxyInUse = firstUsable(QNetworkProxyFactory::proxyForQuery(proxyQuery(url)));
    return false;
}

void WebSocketPrivate::proxyFound(const QList<QNetworkProxy> &found)
{
    // close(), or another open(), may have been quicker.
    if (state != QAbstractSocket::ConnectingState || connection)
        return;
    proxyInUse = firstUsable(found);
    knowCredentials();
    if (const auto failure = connectTo(request, handshakeOptions)) {
        reconnecting.stop();
        refused(failure->error, failure->text);
    }
}
#else
bool WebSocketPrivate::needsLookup(const QUrl &)
{
    return false;
}
#endif

/// Where redirects have led, and what responses set. `end`, unless the connection is
/// open, is how it ended; it is released afterwards.
void WebSocketPrivate::readResponses(const End *end)
{
    cookies.takeResponses(connection.get());
    struct Response
    {
        quint16 status;
        QUrl url;
    };
    std::vector<Response> responses;
    quint16 status = 0;
    wirebird_text_t url{};
    for (size_t i = 0;
         wirebird_connection_response(connection.get(), i, &status, &url) == WIREBIRD_OK; ++i) {
        const QUrl from = QUrl::fromEncoded(toBytes(url));
        if (from.scheme().startsWith(QLatin1String("ws"))) // else a proxy
            responses.push_back({status, from});
    }
    const bool isLastKnown = end
        && (end->status == WIREBIRD_ERROR_HTTP_STATUS || end->status == WIREBIRD_ERROR_REDIRECT);
    url = {};
    wirebird_connection_url(connection.get(), &url);
    if (!isLastKnown && url.length > 0) {
        responses.push_back({0, QUrl::fromEncoded(toBytes(url))});
        if (responseStatus == 101)
            cookies.take(responses.back().url, responseHeaders);
    }
    std::vector<QUrl> led;
    for (size_t i = 1; i < responses.size(); ++i) {
        if (responses[i - 1].status / 100 == 3)
            led.push_back(responses[i].url);
    }
    if (led.empty())
        return;
    responseUrl = led.back();
    for (auto to = led.rbegin(); to != led.rend(); ++to)
        steps.insert({[this, url = *to] { m_emitter->redirected(url); }});
}

} // namespace Wirebird
