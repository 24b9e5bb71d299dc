// Echoes a message in C++, and where there is QML in QML.
#include "echo.h"

#include <QCoreApplication>
#ifdef WITH_QML
#  include <QQmlComponent>
#  include <QQmlEngine>
#endif

#include <cstdio>
#include <memory>

bool typesWork();

namespace {

int complain(const char *what)
{
    std::fprintf(stderr, "failed: %s\n", what);
    return 1;
}

#ifdef WITH_QML
const char source[] = R"(
    import QtWebSockets 1.1
    WebSocketServer {
        id: server
        property string got
        property WebSocket client: WebSocket {
            url: server.url
            active: server.port > 0
            onStatusChanged: if (status === WebSocket.Open) sendTextMessage("hello")
            onTextMessageReceived: function(message) { got = message }
        }
        listen: true
        onClientConnected: function(webSocket) {
            webSocket.textMessageReceived.connect(function(message) {
                webSocket.sendTextMessage(message);
            });
        }
    })";

int runQml(const QCoreApplication &app)
{
    QQmlEngine engine;
    QQmlComponent component(&engine);
    component.setData(source, QUrl());
    std::unique_ptr<QObject> server(component.create());
    if (!server)
        return complain(qPrintable(component.errorString()));
    while (server->property("got").toString().isEmpty())
        app.processEvents(QEventLoop::WaitForMoreEvents);
    if (server->property("got").toString() != QLatin1String("hello"))
        return complain("the echo in QML");
    std::puts("echo in QML");
    return 0;
}
#endif

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    if (!typesWork())
        return complain("types");
    Echo echo;
    QObject::connect(&echo, &Echo::finished, &app,
                     [](bool isRight) { QCoreApplication::exit(isRight ? 0 : 1); });
    if (!echo.start() || app.exec() != 0)
        return complain("the echo in C++");
    std::puts("echo in C++");
#ifdef WITH_QML
    return runQml(app);
#else
    return 0;
#endif
}
