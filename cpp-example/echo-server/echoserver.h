// Sends every message back to where it came from.
#pragma once

#include <QtCore/QObject>

#include <wirebird/websocketserver.h>

class EchoServer : public QObject
{
    Q_OBJECT

public:
    explicit EchoServer(QObject *parent = nullptr);

    bool listen(const QHostAddress &address, quint16 port);

    QUrl url() const { return m_server.serverUrl(); }
    QString errorString() const { return m_server.errorString(); }

private:
    void accept();

    Wirebird::WebSocketServer m_server;
};
