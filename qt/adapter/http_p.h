// What requests, answers and responders hold.
#pragma once

#include "handle.h"

#include <wirebird/httprequest.h>
#include <wirebird/httpresponder.h>
#include <wirebird/httpresponse.h>

#include <QtCore/qmap.h>

namespace Wirebird {

using RequestHandle = Handle<wirebird_request_t, wirebird_request_release>;
using HttpFields = QList<QPair<QByteArray, QByteArray>>;

class HttpRequestPrivate : public QSharedData
{
public:
    static HttpRequest of(wirebird_request_t request);
    /// The request that asks for a WebSocket.
    static HttpRequest of(wirebird_connection_t connection);
    /// A target up to its question mark.
    static QByteArray pathOf(const QByteArray &target);
    /// The same request with the parameters of a route.
    static HttpRequest with(const HttpRequest &request, const QMap<QString, QString> &parameters);

    QByteArray method;
    QByteArray target;
    QByteArray host;
    HttpFields headers;
    QByteArray body;
    QMap<QString, QString> parameters;
    QHostAddress peerAddress;
    quint16 peerPort = 0;
    bool isSecure = false;
    bool isUpgrade = false;
};

class HttpResponsePrivate : public QSharedData
{
public:
    static const HttpResponsePrivate &of(const HttpResponse &response) { return *response.d; }

    int status = 200;
    QByteArray reasonPhrase;
    HttpFields headers;
    QByteArray body;
    QString file;
};

class HttpResponderPrivate
{
public:
    HttpResponderPrivate(wirebird_request_t handle, HttpRequest request)
        : handle(handle), request(std::move(request))
    {
    }

    static HttpResponder make(wirebird_request_t handle);
    static HttpResponderPrivate &of(HttpResponder &responder) { return *responder.d; }

    bool answer(const HttpResponse &response);
    bool begin(const HttpResponse &response);
    /// With a file below `root`, named by a part of the request's path.
    bool answerBelow(const QByteArray &root, const QByteArray &path);

    RequestHandle handle;
    HttpRequest request;
};

} // namespace Wirebird
