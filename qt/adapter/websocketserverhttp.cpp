// Plain HTTP at a WebSocketServer, and who may ask for what.
#include "convert.h"
#include "httprouter.h"
#include "websocketserver_p.h"

#include <QtCore/qdebug.h>

#include <exception>

namespace Wirebird {

/*!
    \fn void WebSocketServer::httpRequested(Wirebird::HttpResponder *responder)
    A plain HTTP request came that no route() fits; connect directly. A slot answers by
    \a responder, or moves it away to answer later; if none does, the client gets 404.
*/

/*!
    Has \a handler answer requests for \a path by one of \a methods. Segments of the
    path that begin with a colon stand for any one, an asterisk at its end for the rest:
    see HttpRequest::parameter(). A route that takes GET takes HEAD, too. The first one
    that fits answers; a path that fits only by other methods gets 405.

    Plain HTTP is served from listen() on if there is a route then, or a connection to
    httpRequested(); otherwise such requests get 426. Handlers run on the server's
    thread; they may delete the server. An exception becomes 500.
*/
void WebSocketServer::route(const QString &path, HttpMethods methods, HttpHandler handler)
{
    const auto answer = [handler = std::move(handler)](HttpResponder responder) {
        responder.answer(handler(responder.request()));
    };
    routeDeferred(path, methods, answer);
}

/*! The same for a \a handler that answers later, by the responder that it gets. */
void WebSocketServer::routeDeferred(const QString &path, HttpMethods methods,
                                    HttpDeferredHandler handler)
{
    d->router->add(path, methods, std::move(handler));
}

/*!
    Serves the files below \a directory under the path \a prefix: index.html for a
    folder, nothing whose name begins with a dot, nothing that lies elsewhere.
*/
void WebSocketServer::serveFiles(const QString &prefix, const QString &directory)
{
    d->router->addFiles(prefix, directory);
}

/*!
    A path, as "/healthz", that the engine answers by itself with 200, also while this
    thread is busy: the process lives and the port is open. Set before listen().
*/
void WebSocketServer::setHealthPath(const QString &path)
{
    d->access.healthPath = path;
}

QString WebSocketServer::healthPath() const
{
    return d->access.healthPath;
}

/*!
    Asks \a check about each valid request for a WebSocket, before
    originAuthenticationRequired(): false answers 403. For cookies and credentials. It
    runs on the server's thread; what it throws refuses the request.
*/
void WebSocketServer::setRequestCheck(RequestCheck check)
{
    if (!check) {
        setRequestGuard({});
        return;
    }
    setRequestGuard([check = std::move(check)](const HttpRequest &request) {
        return check(request) ? std::nullopt : std::make_optional(HttpResponse(403));
    });
}

/*!
    The same with an answer of its own to refused clients: \a guard returns nothing for
    requests that may pass. A body of a file is not sent. Replaces setRequestCheck().
*/
void WebSocketServer::setRequestGuard(RequestGuard guard)
{
    d->requestGuard = std::move(guard);
}

/*!
    Believes proxies in these \a networks ("10.0.0.0/8", "192.0.2.1") about clients, in
    the way \a headers. With ProxyProtocol every connection has to come from one of them,
    and begin with a PROXY header. Set before listen().
*/
void WebSocketServer::setTrustedProxies(const QStringList &networks, ProxyHeaders headers)
{
    d->access.trustedProxies = networks;
    d->access.proxyHeaders = int(headers);
}

QStringList WebSocketServer::trustedProxies() const
{
    return d->access.trustedProxies;
}

/*!
    The hosts that may be asked for, "example.org" with any port, "example.org:8080" with
    that one; others get 421. Against DNS rebinding. Empty (default): all. Set before
    listen().
*/
void WebSocketServer::setAllowedHosts(const QStringList &hosts)
{
    d->access.allowedHosts = hosts;
}

QStringList WebSocketServer::allowedHosts() const
{
    return d->access.allowedHosts;
}

/*!
    Origins, as "https://example.org", whose pages may connect besides the server's own,
    unless a slot of originAuthenticationRequired() says no. At any time.
*/
void WebSocketServer::setAllowedOrigins(const QStringList &origins)
{
    d->access.allowedOrigins = origins;
}

QStringList WebSocketServer::allowedOrigins() const
{
    return d->access.allowedOrigins;
}

/*! Whether requests for a WebSocket need an Origin (default false). Set before listen(). */
void WebSocketServer::setOriginRequired(bool required)
{
    d->access.isOriginRequired = required;
}

bool WebSocketServer::isOriginRequired() const
{
    return d->access.isOriginRequired;
}

/*!
    Whether clients may use HTTP/2, for WebSockets by extended CONNECT (RFC 8441) and for
    plain requests (default false). With SecureMode they choose it by ALPN, unless
    QSslConfiguration::allowedNextProtocols() names others; without, they may begin with
    it. Only with the engine's TLS. Set before listen().
*/
void WebSocketServer::setHttp2Enabled(bool enabled)
{
    d->access.isHttp2Enabled = enabled;
}

bool WebSocketServer::isHttp2Enabled() const
{
    return d->access.isHttp2Enabled;
}

namespace {

QByteArrayList encoded(const QStringList &texts)
{
    QByteArrayList bytes;
    for (const QString &text : texts)
        bytes.append(text.toUtf8());
    return bytes;
}

std::vector<wirebird_text_t> views(const QByteArrayList &texts)
{
    std::vector<wirebird_text_t> found;
    for (const QByteArray &text : texts)
        found.push_back(textView(text));
    return found;
}

} // namespace

AccessOptions::AccessOptions(const Access &access, wirebird_server_options_t *options)
    : m_health(access.healthPath.toUtf8()),
      m_proxies(encoded(access.trustedProxies)),
      m_hosts(encoded(access.allowedHosts)),
      m_proxyViews(views(m_proxies)),
      m_hostViews(views(m_hosts))
{
    options->health_path = textView(m_health);
    options->trusted_proxies = m_proxyViews.data();
    options->trusted_proxy_count = m_proxyViews.size();
    options->hosts = m_hostViews.data();
    options->host_count = m_hostViews.size();
    options->require_origin = access.isOriginRequired ? 1 : 0;
    options->http2_prior_knowledge = access.isHttp2Enabled ? 1 : 0;
    if (m_proxies.isEmpty())
        return;
    switch (WebSocketServer::ProxyHeaders(access.proxyHeaders)) {
    case WebSocketServer::XForwardedFor:
        options->forwarded = WIREBIRD_FORWARDED_X;
        break;
    case WebSocketServer::Forwarded:
        options->forwarded = WIREBIRD_FORWARDED_RFC7239;
        break;
    case WebSocketServer::ProxyProtocol:
        options->proxy_protocol = 1;
        break;
    }
}

void WebSocketServerPrivate::serveHttp(const wirebird_event_t &event)
{
    HttpResponder responder = HttpResponderPrivate::make(event.request);
    // A handler may delete this.
    const std::shared_ptr<HttpRouter> routes = router;
    if (HttpRouter::serve(routes, &responder))
        return;
    m_emitter->httpRequested(&responder);
    if (responder.isPending())
        responder.answer(HttpResponse("There is nothing here.\n", 404));
}

std::optional<HttpResponse> WebSocketServerPrivate::refusal(wirebird_connection_t connection)
{
    if (!requestGuard)
        return std::nullopt;
    const RequestGuard guard = requestGuard; // it may set another one, or delete this
    try {
        return guard(HttpRequestPrivate::of(connection));
    } catch (const std::exception &exception) {
        qCritical("Wirebird: a check of requests has thrown: %s", exception.what());
    } catch (...) {
        qCritical("Wirebird: a check of requests has thrown");
    }
    return HttpResponse(403);
}

void WebSocketServerPrivate::refuse(wirebird_connection_t connection, const HttpResponse &response)
{
    const HttpResponsePrivate &said = HttpResponsePrivate::of(response);
    std::vector<wirebird_header_t> headers;
    for (const auto &field : said.headers)
        headers.push_back({textView(field.first), textView(field.second)});
    const quint16 status = quint16(qBound(0, said.status, 0xffff));
    if (wirebird_connection_refuse_as(connection, status, textView(said.reasonPhrase),
                                      headers.data(), headers.size(), textView(said.body))
        == WIREBIRD_ERROR_ARGUMENT) {
        qWarning("Wirebird: this answer can't be sent: %s", wirebird_last_error());
        wirebird_connection_refuse_as(connection, 403, {}, nullptr, 0, {});
    }
}

} // namespace Wirebird
