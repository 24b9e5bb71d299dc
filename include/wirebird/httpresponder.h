// Answers one HTTP request, now or later.
#pragma once

#include <wirebird/global.h>
#include <wirebird/httprequest.h>
#include <wirebird/httpresponse.h>

#include <memory>

namespace Wirebird {

class HttpResponderPrivate;

/// The right to answer a request, which can be handed on. Destroyed without an
/// answer, the client gets 500.
class WIREBIRD_QT_EXPORT HttpResponder
{
public:
    HttpResponder(HttpResponder &&other) noexcept;
    ~HttpResponder();
    HttpResponder &operator=(HttpResponder &&other) noexcept;
    Q_DISABLE_COPY(HttpResponder)

    const HttpRequest &request() const;
    bool isPending() const;
    bool answer(const HttpResponse &response);

    bool begin(const HttpResponse &response = HttpResponse());
    bool write(const QByteArray &piece);
    bool finish();

private:
    friend class HttpResponderPrivate;
    explicit HttpResponder(std::unique_ptr<HttpResponderPrivate> d);

    std::unique_ptr<HttpResponderPrivate> d;
};

} // namespace Wirebird
