// A plain HTTP request, as a server gets it.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qflags.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qpair.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>
#include <QtCore/qurlquery.h>
#include <QtNetwork/qhostaddress.h>

namespace Wirebird {

class HttpRequestPrivate;

/// A method of HTTP.
enum class HttpMethod {
    Get = 1,
    Head = 2,
    Post = 4,
    Put = 8,
    Patch = 16,
    Delete = 32,
    Options = 64,
    Any = 0xff,
};
Q_DECLARE_FLAGS(HttpMethods, HttpMethod)
Q_DECLARE_OPERATORS_FOR_FLAGS(HttpMethods)

/// What a client asks for. A value; copies share.
class WIREBIRD_QT_EXPORT HttpRequest
{
public:
    HttpRequest();
    HttpRequest(const HttpRequest &other);
    HttpRequest(HttpRequest &&other) noexcept;
    ~HttpRequest();

    HttpRequest &operator=(const HttpRequest &other);
    HttpRequest &operator=(HttpRequest &&other) noexcept
    {
        swap(other);
        return *this;
    }

    void swap(HttpRequest &other) noexcept { d.swap(other.d); }

    QByteArray method() const;
    QUrl url() const;
    QByteArray target() const;
    QString path() const;
    QUrlQuery query() const;
    QString parameter(const QString &name) const;

    QList<QPair<QByteArray, QByteArray>> headers() const;
    QByteArray header(const QByteArray &name) const;
    bool hasHeader(const QByteArray &name) const;
    QByteArray cookie(const QByteArray &name) const;

    QByteArray body() const;
    QUrlQuery form() const;
    QJsonDocument json() const;

    QHostAddress peerAddress() const;
    quint16 peerPort() const;
    bool isSecure() const;

private:
    friend class HttpRequestPrivate;
    QSharedDataPointer<HttpRequestPrivate> d;
};

} // namespace Wirebird

Q_DECLARE_SHARED(Wirebird::HttpRequest)
Q_DECLARE_METATYPE(Wirebird::HttpRequest)
