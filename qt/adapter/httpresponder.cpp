// Answers on their way to the engine.
#include "convert.h"
#include "http_p.h"

#include <QtCore/qdebug.h>
#include <QtCore/qfile.h>

#include <vector>

namespace Wirebird {
namespace {

/// The options of an answer; valid as long as both are.
class Options
{
public:
    explicit Options(const HttpResponsePrivate &response)
    {
        wirebird_response_options_init(&options, sizeof options);
        options.status = quint16(qBound(0, response.status, 0xffff));
        options.reason = textView(response.reasonPhrase);
        for (const auto &field : response.headers)
            m_headers.push_back({textView(field.first), textView(field.second)});
        options.headers = m_headers.data();
        options.header_count = m_headers.size();
    }
    Q_DISABLE_COPY(Options)

    wirebird_response_options_t options;

private:
    std::vector<wirebird_header_t> m_headers;
};

void letGo(void *body) noexcept
{
    delete static_cast<QByteArray *>(body);
}

} // namespace

/*!
    \class Wirebird::HttpResponder
    \brief Answers one request, now or later.

    Keep it to answer later: move it into a lambda by std::make_shared, or into a
    member. It may be used from any thread, by one at a time, and after the server was
    deleted. Destroyed without an answer, the client gets 500; and 503 after a minute
    without one.
*/

HttpResponder::HttpResponder(std::unique_ptr<HttpResponderPrivate> d) : d(std::move(d)) { }

HttpResponder::HttpResponder(HttpResponder &&other) noexcept = default;
HttpResponder::~HttpResponder() = default;
HttpResponder &HttpResponder::operator=(HttpResponder &&other) noexcept = default;

/*! What is to be answered. Empty once it was moved from. */
const HttpRequest &HttpResponder::request() const
{
    static const HttpRequest none;
    return d ? d->request : none;
}

/*! Whether it was neither answered nor moved from. */
bool HttpResponder::isPending() const
{
    return d && d->handle;
}

/*! Answers. False if that was done before, or if the client is gone. */
bool HttpResponder::answer(const HttpResponse &response)
{
    return isPending() && d->answer(response);
}

/*!
    Begins an answer with the status and headers of \a response, whose body follows by
    write() and ends with finish(), soon or much later.
*/
bool HttpResponder::begin(const HttpResponse &response)
{
    return isPending() && d->begin(response);
}

/*!
    Sends a piece. False before begin(), if the client is gone, or if it reads too
    slowly: then the piece is not sent, and can be tried again.
*/
bool HttpResponder::write(const QByteArray &piece)
{
    return isPending()
        && wirebird_request_write(d->handle.get(), piece.constData(), size_t(piece.size()), nullptr)
        == WIREBIRD_OK;
}

/*! Ends the body. Destroyed without that, the client sees that it is not complete. */
bool HttpResponder::finish()
{
    if (!isPending() || wirebird_request_finish(d->handle.get()) != WIREBIRD_OK)
        return false;
    d->handle.take(); // it is released
    return true;
}

HttpResponder HttpResponderPrivate::make(wirebird_request_t handle)
{
    return HttpResponder(
        std::make_unique<HttpResponderPrivate>(handle, HttpRequestPrivate::of(handle)));
}

bool HttpResponderPrivate::answer(const HttpResponse &response)
{
    const HttpResponsePrivate &said = HttpResponsePrivate::of(response);
    const Options head(said);
    const wirebird_request_t request = handle.get();
    wirebird_status_t status;
    if (!said.file.isEmpty()) {
        const QByteArray file = QFile::encodeName(said.file);
        status = wirebird_request_answer_file(request, &head.options, textView(file));
    } else {
        auto *const body = new QByteArray(said.body);
        status = wirebird_request_answer_shared(request, &head.options, body->constData(),
                                                size_t(body->size()), letGo, body);
    }
    if (status == WIREBIRD_ERROR_ARGUMENT)
        qWarning("Wirebird: this answer can't be sent: %s", wirebird_last_error());
    // Released without an answer, the client gets 500.
    handle.release();
    return status == WIREBIRD_OK;
}

bool HttpResponderPrivate::begin(const HttpResponse &response)
{
    const Options head(HttpResponsePrivate::of(response));
    const wirebird_status_t status = wirebird_request_begin(handle.get(), &head.options);
    if (status == WIREBIRD_ERROR_ARGUMENT)
        qWarning("Wirebird: this answer can't be sent: %s", wirebird_last_error());
    return status == WIREBIRD_OK;
}

bool HttpResponderPrivate::answerBelow(const QByteArray &root, const QByteArray &path)
{
    const wirebird_status_t status =
        wirebird_request_answer_below(handle.get(), nullptr, textView(root), textView(path));
    handle.release();
    return status == WIREBIRD_OK;
}

} // namespace Wirebird
