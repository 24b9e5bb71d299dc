// What a server answers to a plain HTTP request.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

QT_BEGIN_NAMESPACE
class QNetworkCookie;
QT_END_NAMESPACE

namespace Wirebird {

class HttpResponsePrivate;

/// An answer: bytes or a file. A value; copies share.
class WIREBIRD_QT_EXPORT HttpResponse
{
public:
    HttpResponse(int status = 200); // NOLINT: a status is an answer
    HttpResponse(const QString &text, int status = 200);
    HttpResponse(const char *text, int status = 200);
    HttpResponse(const QJsonObject &json, int status = 200);
    HttpResponse(const QJsonArray &json, int status = 200);
    HttpResponse(const QByteArray &body, const QByteArray &contentType, int status = 200);
    HttpResponse(const HttpResponse &other);
    HttpResponse(HttpResponse &&other) noexcept;
    ~HttpResponse();

    HttpResponse &operator=(const HttpResponse &other);
    HttpResponse &operator=(HttpResponse &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(HttpResponse &other) noexcept { d.swap(other.d); }

    static HttpResponse file(const QString &path);
    static HttpResponse redirect(const QUrl &location, int status = 303);

    int status() const;
    void setStatus(int status);
    QByteArray reasonPhrase() const;
    void setReasonPhrase(const QByteArray &reasonPhrase);
    QByteArray header(const QByteArray &name) const;
    void setHeader(const QByteArray &name, const QByteArray &value);
    void addHeader(const QByteArray &name, const QByteArray &value);
    void addCookie(const QNetworkCookie &cookie);
    QByteArray body() const;
    void setBody(const QByteArray &body);
    QString fileName() const;

private:
    friend class HttpResponsePrivate;
    QSharedDataPointer<HttpResponsePrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::HttpResponse)
