// A plain HTTP request: its documentation, and how it comes from the engine.
#include "convert.h"
#include "http_p.h"

namespace Wirebird {
namespace {

HttpFields fieldsOf(wirebird_request_t request)
{
    HttpFields fields;
    wirebird_header_t header{};
    for (size_t i = 0; wirebird_request_header(request, i, &header) == WIREBIRD_OK; ++i)
        fields.append({toBytes(header.name), toBytes(header.value)});
    return fields;
}

HttpFields fieldsOf(wirebird_connection_t connection)
{
    HttpFields fields;
    wirebird_header_t header{};
    for (size_t i = 0; wirebird_connection_header(connection, i, &header) == WIREBIRD_OK; ++i)
        fields.append({toBytes(header.name), toBytes(header.value)});
    return fields;
}

QByteArray textOf(wirebird_request_t request,
                  wirebird_status_t (*read)(wirebird_request_t, wirebird_text_t *))
{
    wirebird_text_t text{};
    read(request, &text);
    return toBytes(text);
}

} // namespace

/*!
    \class Wirebird::HttpRequest
    \brief What a client of a WebSocketServer asks for that is no WebSocket.

    Everything is as the client sent it unless the documentation says otherwise.
*/

HttpRequest::HttpRequest() : d(new HttpRequestPrivate) { }

HttpRequest::HttpRequest(const HttpRequest &other) = default;
HttpRequest::HttpRequest(HttpRequest &&other) noexcept = default;
HttpRequest::~HttpRequest() = default;
HttpRequest &HttpRequest::operator=(const HttpRequest &other) = default;

/*! "GET", "POST" and their like. */
QByteArray HttpRequest::method() const
{
    return d->method;
}

/*!
    The whole URL, "http://host/path?query", with the host that the client asked for;
    https where isSecure(), ws and wss for a WebSocket.
*/
QUrl HttpRequest::url() const
{
    const QByteArray scheme = d->isUpgrade ? "ws" : "http";
    return QUrl::fromEncoded(scheme + (d->isSecure ? "s://" : "://") + d->host + d->target);
}

/*! Path and query, percent-encoded. */
QByteArray HttpRequest::target() const
{
    return d->target;
}

/*! The path, decoded. */
QString HttpRequest::path() const
{
    return QString::fromUtf8(
        QByteArray::fromPercentEncoding(HttpRequestPrivate::pathOf(d->target)));
}

/*! What follows the question mark; empty without one. */
QUrlQuery HttpRequest::query() const
{
    const int begin = int(d->target.indexOf('?'));
    if (begin < 0)
        return {};
    return QUrlQuery(QString::fromUtf8(d->target.mid(begin + 1)));
}

/*!
    What stands in the path, decoded, where the route has :\a name; where it ends
    with an asterisk, the rest under the name "*".
*/
QString HttpRequest::parameter(const QString &name) const
{
    return d->parameters.value(name);
}

/*! Names and values in their order; names are in lower case. */
QList<QPair<QByteArray, QByteArray>> HttpRequest::headers() const
{
    return d->headers;
}

/*!
    The values of the fields called \a name, whatever their case, joined by commas, or
    null.
*/
QByteArray HttpRequest::header(const QByteArray &name) const
{
    QByteArray joined;
    const QByteArray lower = name.toLower();
    for (const auto &field : qAsConst(d->headers)) {
        if (field.first != lower)
            continue;
        joined = joined.isNull() ? field.second : joined + ", " + field.second;
        if (joined.isNull())
            joined = "";
    }
    return joined;
}

/*! Whether there is a field called \a name, whatever its case. */
bool HttpRequest::hasHeader(const QByteArray &name) const
{
    return !header(name).isNull();
}

/*! The value of the first cookie called \a name, or null. */
QByteArray HttpRequest::cookie(const QByteArray &name) const
{
    for (const auto &field : qAsConst(d->headers)) {
        if (field.first != "cookie")
            continue;
        const QList<QByteArray> pairs = field.second.split(';');
        for (const QByteArray &pair : pairs) {
            const int equals = int(pair.indexOf('='));
            if (equals < 0 || pair.left(equals).trimmed() != name)
                continue;
            const QByteArray value = pair.mid(equals + 1).trimmed();
            return value.isNull() ? QByteArray("") : value;
        }
    }
    return {};
}

/*! The whole body; empty without one. */
QByteArray HttpRequest::body() const
{
    return d->body;
}

/*!
    The fields of a form in the body; empty unless its type is
    application/x-www-form-urlencoded. Get values with QUrl::FullyDecoded.
*/
QUrlQuery HttpRequest::form() const
{
    const QByteArray type = header("content-type").split(';').value(0).trimmed().toLower();
    if (type != "application/x-www-form-urlencoded")
        return {};
    QByteArray encoded = d->body;
    encoded.replace('+', "%20");
    return QUrlQuery(QString::fromUtf8(encoded));
}

/*! The body as JSON; null if it is none. */
QJsonDocument HttpRequest::json() const
{
    return QJsonDocument::fromJson(d->body);
}

/*! The client's address, also behind trusted proxies. */
QHostAddress HttpRequest::peerAddress() const
{
    return d->peerAddress;
}

/*! 0 if a proxy does not tell it. */
quint16 HttpRequest::peerPort() const
{
    return d->peerPort;
}

/*! Whether the client's own connection is encrypted, also behind trusted proxies. */
bool HttpRequest::isSecure() const
{
    return d->isSecure;
}

QByteArray HttpRequestPrivate::pathOf(const QByteArray &target)
{
    const int end = int(target.indexOf('?'));
    return end < 0 ? target : target.left(end);
}

HttpRequest HttpRequestPrivate::of(wirebird_request_t handle)
{
    HttpRequest request;
    HttpRequestPrivate &d = *request.d;
    d.method = textOf(handle, wirebird_request_method);
    d.target = textOf(handle, wirebird_request_target);
    d.host = textOf(handle, wirebird_request_host);
    d.body = textOf(handle, wirebird_request_body);
    d.headers = fieldsOf(handle);
    wirebird_address_t peer{};
    wirebird_request_addresses(handle, nullptr, &peer);
    d.peerAddress = toHostAddress(peer);
    d.peerPort = peer.port;
    uint64_t isSecure = 0;
    wirebird_request_get(handle, WIREBIRD_REQUEST_OPTION_SECURE, &isSecure);
    d.isSecure = isSecure != 0;
    return request;
}

HttpRequest HttpRequestPrivate::of(wirebird_connection_t handle)
{
    HttpRequest request;
    HttpRequestPrivate &d = *request.d;
    d.isUpgrade = true;
    d.method = "GET";
    wirebird_text_t target{};
    wirebird_connection_target(handle, &target);
    d.target = toBytes(target);
    d.headers = fieldsOf(handle);
    d.host = request.header("host");
    wirebird_address_t peer{};
    wirebird_connection_addresses(handle, nullptr, &peer);
    d.peerAddress = toHostAddress(peer);
    d.peerPort = peer.port;
    uint64_t isSecure = 0;
    wirebird_connection_get(handle, WIREBIRD_OPTION_SECURE, &isSecure);
    d.isSecure = isSecure != 0;
    return request;
}

HttpRequest HttpRequestPrivate::with(const HttpRequest &request,
                                     const QMap<QString, QString> &parameters)
{
    HttpRequest copy(request);
    copy.d->parameters = parameters;
    return copy;
}

} // namespace Wirebird
