// How pages got news before there were WebSockets, to compare: asking again and again, asking
// for what is next and waiting for the answer, and an answer that never ends.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <wirebird/websocketserver.h>

#include <chrono>
#include <vector>

class Login;
class Market;

class OlderWays : public QObject
{
    Q_OBJECT

public:
    OlderWays(Market *market, const Login *login, QObject *parent = nullptr);

    // GET /prices             all prices, now
    // GET /prices/next?after=17   all prices, once there are newer ones than those of step 17
    // GET /prices/stream      server-sent events: each change, for as long as the client stays
    void serve(Wirebird::WebSocketServer *server);
    // Ends what waits.
    void stop();

private:
    struct Waiting
    {
        quint64 after;
        std::chrono::steady_clock::time_point until;
        Wirebird::HttpResponder responder;
    };

    bool isRefused(Wirebird::HttpResponder *responder) const;
    Wirebird::HttpResponse all() const;
    void answerWaiting();
    void pushChange(const QString &symbol);

    Market *const m_market;
    const Login *const m_login;
    std::vector<Waiting> m_waiting;
    std::vector<Wirebird::HttpResponder> m_streams;
    QTimer m_timer;
};
