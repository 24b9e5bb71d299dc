// An oven, and a page that turns it on: QWebChannel over a WebSocket. One port serves the page,
// Qt's qwebchannel.js and the WebSockets.
#include "oven.h"

#include <wirebird/websocketchanneltransport.h>
#include <wirebird/websocketserver.h>

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QTextStream>
#include <QtWebChannel/QWebChannel>

using namespace Wirebird;

static void serve(WebSocketServer *server, const QString &path, const QString &file,
                  const QByteArray &type)
{
    QFile resource(file);
    if (!resource.open(QIODevice::ReadOnly))
        qFatal("%ls is missing", qUtf16Printable(file));
    server->route(path, HttpMethod::Get, [body = resource.readAll(), type](const HttpRequest &) {
        return HttpResponse(body, type);
    });
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("An oven with a web page."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("port"), QStringLiteral("Port; 0 takes a free one."),
                       QStringLiteral("port"), QStringLiteral("8084") });
    parser.process(app);
    bool portIsValid = false;
    const quint16 port = parser.value(QStringLiteral("port")).toUShort(&portIsValid);
    if (!portIsValid) {
        QTextStream(stderr) << "--port takes 0 to 65535.\n";
        return 2;
    }

    Oven oven;
    QWebChannel channel;
    channel.registerObject(QStringLiteral("oven"), &oven);

    // Pages of other sites are refused: only this server's own page has this server's origin.
    WebSocketServer server(QStringLiteral("oven"), WebSocketServer::NonSecureMode);
    WebSocketChannelTransport::serve(&server, &channel);
    serve(&server, QStringLiteral("/"), QStringLiteral(":/page.html"), "text/html; charset=utf-8");
    serve(&server, QStringLiteral("/qwebchannel.js"),
          QStringLiteral(":/qtwebchannel/qwebchannel.js"), "text/javascript");
    if (!server.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << "Cannot listen: " << server.errorString() << '\n';
        return 1;
    }
    QTextStream(stdout) << "Oven at http://127.0.0.1:" << server.serverPort() << '/' << Qt::endl;
    return app.exec();
}
