// Sends itself a message through the C++ classes.
#include <QtCore/QCoreApplication>

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

using Wirebird::WebSocket;
using Wirebird::WebSocketServer;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    WebSocketServer server(QStringLiteral("consumer"), WebSocketServer::NonSecureMode);
    QObject::connect(&server, &WebSocketServer::newConnection, &app, [&server] {
        WebSocket *peer = server.nextPendingConnection();
        QObject::connect(peer, &WebSocket::disconnected, peer, &QObject::deleteLater);
        peer->sendTextMessage(QStringLiteral("hello"));
    });
    if (!server.listen(QHostAddress::LocalHost))
        return 1;

    WebSocket client;
    QObject::connect(&client, &WebSocket::textMessageReceived, &app, [](const QString &message) {
        QCoreApplication::exit(message == QLatin1String("hello") ? 0 : 1);
    });
    client.open(server.serverUrl());
    return app.exec();
}
