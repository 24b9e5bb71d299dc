// The server: prices over WebSockets, and the page and the login over HTTP, on one port.
#pragma once

#include "login.h"
#include "market.h"
#include "olderways.h"

#include <wirebird/websocketserver.h>

struct Settings;

class TickerServer : public QObject
{
    Q_OBJECT

public:
    TickerServer(const Settings &settings, const Users &users, QObject *parent = nullptr);

    bool listen(const Settings &settings);
    QUrl url() const { return m_server.serverUrl(); }
    QString errorString() const { return m_server.errorString(); }

    // Accepts nobody, tells everybody, and ends the program once all are gone.
    void shutDown();

private:
    void secure(const Settings &settings);
    void welcome();
    void leaveIfEmpty();

    Market m_market;
    Login m_login;
    OlderWays m_olderWays;
    bool m_isShuttingDown = false;
    Wirebird::WebSocketServer m_server; // The last member: nothing is asked while the others go.
};
