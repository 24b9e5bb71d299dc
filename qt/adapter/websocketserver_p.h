// What a WebSocketServer knows and does. Everything runs on the object's thread.
#pragma once

#include "eventsink.h"
#include "handle.h"
#include "steps.h"

#include <wirebird/websocketserver.h>

#include <QtCore/qpointer.h>
#include <QtCore/qqueue.h>
#include <QtNetwork/qnetworkrequest.h>

namespace Wirebird {

class WebSocketServerPrivate final : public EventSink
{
public:
    WebSocketServerPrivate(WebSocketServer *q, const QString &name,
                           WebSocketServer::SslMode secureMode);
    ~WebSocketServerPrivate();

    bool listen(const QHostAddress &address, quint16 port);
    bool adopt(qintptr descriptor);
    void close();
    void closePending();
    void destroy();

    // websocketserverrequests.cpp: events, requests, threads.
    void handle(const wirebird_event_t &event) override;
    void leaveThread();

    WebSocketServer *const q;
    ServerHandle server;
    Steps steps;

    QString name;
    const WebSocketServer::SslMode secureMode;
    QHostAddress address; ///< As given to listen().
    std::chrono::milliseconds handshakeTimeout{10000};
    int maxPending = 30;
    QStringList subprotocols;
    QQueue<QPointer<WebSocket>> pending;
    WebSocketProtocol::CloseCode error = WebSocketProtocol::CloseCodeNormal;
    QString errorString;

private:
    wirebird_status_t start(const QByteArray &host, quint16 port, qintptr descriptor);
    bool refuseToListen();
    void setError(WebSocketProtocol::CloseCode code, const QString &text);

    void decide(wirebird_connection_t request);
    void accept(ConnectionHandle &connection, const QNetworkRequest &request);
    void handshakeFailed(const wirebird_event_t &event);
    void arrive();
};

} // namespace Wirebird
