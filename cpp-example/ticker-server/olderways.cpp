#include "olderways.h"

#include "login.h"
#include "market.h"

#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Wirebird;

namespace {

constexpr std::size_t mostWaiting = 1000;
constexpr std::chrono::seconds longest{ 25 };

QByteArray frame(const QJsonObject &object)
{
    return "data: " + QJsonDocument(object).toJson(QJsonDocument::Compact) + "\n\n";
}

template <typename Kept, typename IsDone>
void removeIf(std::vector<Kept> *from, IsDone isDone)
{
    from->erase(std::remove_if(from->begin(), from->end(), isDone), from->end());
}

} // namespace

OlderWays::OlderWays(Market *market, const Login *login, QObject *parent)
    : QObject(parent), m_market(market), m_login(login)
{
    connect(market, &Market::changed, this, &OlderWays::answerWaiting);
    connect(market, &Market::changed, this, &OlderWays::pushChange);
    // Where nothing changes for long: proxies do not wait for ever.
    connect(&m_timer, &QTimer::timeout, this, &OlderWays::answerWaiting);
    m_timer.start(std::chrono::seconds(1));
}

void OlderWays::serve(WebSocketServer *server)
{
    server->routeDeferred(QStringLiteral("/prices"), HttpMethod::Get, [this](HttpResponder responder) {
        if (!isRefused(&responder))
            responder.answer(all());
    });
    server->routeDeferred(QStringLiteral("/prices/next"), HttpMethod::Get,
                          [this](HttpResponder responder) {
        if (isRefused(&responder))
            return;
        const QString after = responder.request().query().queryItemValue(QStringLiteral("after"));
        m_waiting.push_back({ after.toULongLong(), std::chrono::steady_clock::now() + longest,
                              std::move(responder) });
        answerWaiting();
    });
    server->routeDeferred(QStringLiteral("/prices/stream"), HttpMethod::Get,
                          [this](HttpResponder responder) {
        if (isRefused(&responder))
            return;
        HttpResponse response;
        response.setHeader("Content-Type", "text/event-stream");
        response.setHeader("Cache-Control", "no-store");
        if (responder.begin(response) && responder.write(frame(m_market->prices(m_market->symbols()))))
            m_streams.push_back(std::move(responder));
    });
}

void OlderWays::stop()
{
    for (Waiting &waiting : m_waiting)
        waiting.responder.answer(all());
    m_waiting.clear();
    for (HttpResponder &stream : m_streams)
        stream.finish();
    m_streams.clear();
}

bool OlderWays::isRefused(HttpResponder *responder) const
{
    if (m_login->user(responder->request()).isEmpty())
        responder->answer(HttpResponse("Log in first.\n", 401));
    else if (m_waiting.size() + m_streams.size() >= mostWaiting)
        responder->answer(HttpResponse("Too many are waiting.\n", 503));
    return !responder->isPending();
}

HttpResponse OlderWays::all() const
{
    HttpResponse response(m_market->prices(m_market->symbols()));
    response.setHeader("Cache-Control", "no-store");
    return response;
}

void OlderWays::answerWaiting()
{
    const auto now = std::chrono::steady_clock::now();
    removeIf(&m_waiting, [&](Waiting &waiting) {
        const bool isDone = waiting.after < m_market->step() || waiting.until <= now;
        if (isDone)
            waiting.responder.answer(all());
        return isDone;
    });
}

// A client that is gone, or reads too slowly, loses its stream; browsers ask for a new one.
void OlderWays::pushChange(const QString &symbol)
{
    const QByteArray piece = frame(m_market->prices({ symbol }));
    removeIf(&m_streams, [&](HttpResponder &stream) { return !stream.write(piece); });
}
