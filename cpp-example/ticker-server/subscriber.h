// One client's WebSocket: which symbols it wants, and what it does not know yet.
//
//   it sends       {"subscribe":["ALBA","WREN"]} or {"unsubscribe":["WREN"]}
//   it gets        {"symbols":["ALBA",…]} at first: what there is
//                  {"subscribed":["ALBA","WREN"],"prices":{…},…} as an answer, with all prices
//                  {"prices":{"ALBA":84.31},"step":17,"time":…} for a change
//                  {"error":"…"} for what was not understood; the connection stays
#pragma once

#include <QtCore/QObject>
#include <QtCore/QSet>

#include <wirebird/websocket.h>

class Market;

class Subscriber : public QObject
{
    Q_OBJECT

public:
    // Owns the socket, and ends with it.
    Subscriber(Wirebird::WebSocket *socket, const QByteArray &session, Market *market,
               QObject *parent);

    const QByteArray &session() const { return m_session; }
    Wirebird::WebSocket *socket() const { return m_socket; }

private:
    void read(const QString &message);
    void changed(const QString &symbol);
    void sendChanges();
    void send(const QJsonObject &object);
    void refuse(const QString &why);

    Wirebird::WebSocket *const m_socket;
    const QByteArray m_session;
    Market *const m_market;
    QStringList m_subscribed;
    QSet<QString> m_changed;
};
