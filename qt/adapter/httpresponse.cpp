// What a server answers: its documentation.
#include "http_p.h"

#include <QtCore/qjsondocument.h>
#include <QtNetwork/qnetworkcookie.h>

#include <algorithm>

namespace Wirebird {
namespace {

const QByteArray plainText = QByteArrayLiteral("text/plain; charset=utf-8");

bool isCalled(const QPair<QByteArray, QByteArray> &field, const QByteArray &name)
{
    return field.first.compare(name, Qt::CaseInsensitive) == 0;
}

} // namespace

/*!
    \class Wirebird::HttpResponse
    \brief The answer to an HttpRequest.

    A text, JSON, bytes of a type, a file, or nothing but a status. What must not be
    sent, as a header with a line break, becomes 500 when it is to be sent, and a line
    in the log.
*/

/*! An answer of \a status without a body. */
HttpResponse::HttpResponse(int status) : d(new HttpResponsePrivate)
{
    d->status = status;
}

/*! A text, sent in UTF-8. */
HttpResponse::HttpResponse(const QString &text, int status)
    : HttpResponse(text.toUtf8(), plainText, status)
{
}

/*! A text that is UTF-8 already. */
HttpResponse::HttpResponse(const char *text, int status)
    : HttpResponse(QByteArray(text), plainText, status)
{
}

/*! An object as application/json. */
HttpResponse::HttpResponse(const QJsonObject &json, int status)
    : HttpResponse(QJsonDocument(json).toJson(QJsonDocument::Compact), "application/json", status)
{
}

/*! An array as application/json. */
HttpResponse::HttpResponse(const QJsonArray &json, int status)
    : HttpResponse(QJsonDocument(json).toJson(QJsonDocument::Compact), "application/json", status)
{
}

/*! Bytes of a type, as "image/png". They are not copied. */
HttpResponse::HttpResponse(const QByteArray &body, const QByteArray &contentType, int status)
    : HttpResponse(status)
{
    d->body = body;
    setHeader("Content-Type", contentType);
}

HttpResponse::HttpResponse(const HttpResponse &other) = default;
HttpResponse::HttpResponse(HttpResponse &&other) noexcept = default;
HttpResponse::~HttpResponse() = default;
HttpResponse &HttpResponse::operator=(const HttpResponse &other) = default;

/*!
    The file \a path, which the engine reads while it is sent: Content-Type by its name
    unless it is set, ranges and conditions as the request has them, 404 if it is not
    there.
*/
HttpResponse HttpResponse::file(const QString &path)
{
    HttpResponse response;
    response.d->file = path;
    return response;
}

/*! Sends the client elsewhere; 303 makes it use GET there. */
HttpResponse HttpResponse::redirect(const QUrl &location, int status)
{
    HttpResponse response(status);
    response.setHeader("Location", location.toEncoded());
    return response;
}

int HttpResponse::status() const
{
    return d->status;
}

/*! From 200 to 599. */
void HttpResponse::setStatus(int status)
{
    d->status = status;
}

QByteArray HttpResponse::reasonPhrase() const
{
    return d->reasonPhrase;
}

/*! What follows the status with HTTP/1.1; empty is the usual phrase. */
void HttpResponse::setReasonPhrase(const QByteArray &reasonPhrase)
{
    d->reasonPhrase = reasonPhrase;
}

/*! The value of the first field called \a name, or null. */
QByteArray HttpResponse::header(const QByteArray &name) const
{
    for (const auto &field : qAsConst(d->headers)) {
        if (isCalled(field, name))
            return field.second;
    }
    return {};
}

/*! Replaces fields of this name. */
void HttpResponse::setHeader(const QByteArray &name, const QByteArray &value)
{
    const auto isIt = [&](const auto &field) { return isCalled(field, name); };
    d->headers.erase(std::remove_if(d->headers.begin(), d->headers.end(), isIt), d->headers.end());
    d->headers.append({name, value});
}

/*! Adds a field, also if there is one of this name. */
void HttpResponse::addHeader(const QByteArray &name, const QByteArray &value)
{
    d->headers.append({name, value});
}

/*! Adds a Set-Cookie field. */
void HttpResponse::addCookie(const QNetworkCookie &cookie)
{
    addHeader("Set-Cookie", cookie.toRawForm());
}

QByteArray HttpResponse::body() const
{
    return d->body;
}

/*! \a body is not copied. */
void HttpResponse::setBody(const QByteArray &body)
{
    d->body = body;
}

/*! The file that is sent, or empty. */
QString HttpResponse::fileName() const
{
    return d->file;
}

} // namespace Wirebird
