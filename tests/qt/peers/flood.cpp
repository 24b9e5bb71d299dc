// A peer in a process of its own, for tests that block or kill it.
//
//   wirebird_test_flood client URL COUNT SIZE   sends COUNT binary messages that
//       begin with their number, and says "queued"
//   wirebird_test_flood server SIZE             prints its port and sends one
//       binary message of SIZE bytes to whoever connects
#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>

#include <cstdio>
#include <cstring>

using namespace Wirebird;

static void say(const QByteArray &line)
{
    std::puts(line.constData());
    std::fflush(stdout);
}

static int runClient(QCoreApplication *app, const QUrl &url, int count, int size)
{
    WebSocketLimits limits;
    limits.setMaxUnsent(WebSocket::maxIncomingMessageSize());
    WebSocket socket;
    socket.setLimits(limits);
    QObject::connect(&socket, &WebSocket::connected, [&] {
        for (int i = 0; i < count; ++i) {
            QByteArray message(size, char(i));
            std::memcpy(message.data(), &i, sizeof i);
            socket.sendBinaryMessage(message);
        }
        say("queued");
    });
    QObject::connect(&socket, &WebSocket::disconnected, app, &QCoreApplication::quit);
    socket.open(url);
    return app->exec();
}

static int runServer(QCoreApplication *app, int size)
{
    WebSocketLimits limits;
    limits.setMaxUnsent(WebSocket::maxIncomingMessageSize());
    WebSocketServer server("flood", WebSocketServer::NonSecureMode);
    server.setLimits(limits);
    QObject::connect(&server, &WebSocketServer::newConnection, [&] {
        WebSocket *const socket = server.nextPendingConnection();
        socket->setParent(&server);
        socket->sendBinaryMessage(QByteArray(size, 'x'));
    });
    if (!server.listen(QHostAddress::LocalHost))
        return 1;
    say(QByteArray::number(server.serverPort()));
    return app->exec();
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.value(1) == QLatin1String("client"))
        return runClient(&app, QUrl(arguments.value(2)), arguments.value(3).toInt(),
                         arguments.value(4).toInt());
    return runServer(&app, arguments.value(2).toInt());
}
