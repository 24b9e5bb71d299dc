// The smallest server: sends every message back to where it came from.
//
//     echo-server [PORT]
#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>

using Wirebird::WebSocket;
using Wirebird::WebSocketServer;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    // 0 takes a free one.
    const quint16 port = app.arguments().value(1, QStringLiteral("8081")).toUShort();

    WebSocketServer server(QStringLiteral("echo"), WebSocketServer::NonSecureMode);
    QObject::connect(&server, &WebSocketServer::newConnection, &app, [&server] {
        WebSocket *socket = server.nextPendingConnection();
        QObject::connect(socket, &WebSocket::textMessageReceived, socket,
                         &WebSocket::sendTextMessage);
        QObject::connect(socket, &WebSocket::binaryMessageReceived, socket,
                         &WebSocket::sendBinaryMessage);
        QObject::connect(socket, &WebSocket::disconnected, socket, &QObject::deleteLater);
    });
    if (!server.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << "Cannot listen: " << server.errorString() << '\n';
        return 1;
    }
    QTextStream(stdout) << "Echo at " << server.serverUrl().toString() << Qt::endl;
    return app.exec();
}
