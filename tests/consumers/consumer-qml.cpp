// Sends itself a message through the QML types.
#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>
#include <QtQml/QQmlApplicationEngine>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QQmlApplicationEngine engine;
    engine.loadData(R"(
        import QtQml 2.15
        import Wirebird 1.0

        QtObject {
            property WebSocketServer server: WebSocketServer {
                listen: true
                onClientConnected: function (webSocket) { webSocket.sendJson({ text: "hello" }) }
            }
            property WebSocket client: WebSocket {
                url: server.url
                active: true
                onJsonMessageReceived: function (value) {
                    Qt.exit(value.text === "hello" ? 0 : 1)
                }
            }
        })");
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
