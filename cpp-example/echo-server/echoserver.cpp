#include "echoserver.h"

#include <wirebird/websocket.h>

using Wirebird::WebSocket;
using Wirebird::WebSocketServer;

EchoServer::EchoServer(QObject *parent)
    : QObject(parent), m_server(QStringLiteral("echo"), WebSocketServer::NonSecureMode)
{
    connect(&m_server, &WebSocketServer::newConnection, this, &EchoServer::accept);
}

bool EchoServer::listen(const QHostAddress &address, quint16 port)
{
    return m_server.listen(address, port);
}

void EchoServer::accept()
{
    while (WebSocket *socket = m_server.nextPendingConnection()) {
        socket->setParent(this);
        connect(socket, &WebSocket::textMessageReceived, socket, &WebSocket::sendTextMessage);
        connect(socket, &WebSocket::binaryMessageReceived, socket, &WebSocket::sendBinaryMessage);
        connect(socket, &WebSocket::disconnected, socket, &QObject::deleteLater);
    }
}
