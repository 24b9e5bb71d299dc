#include "page.h"

#include <QtCore/QFile>

#include <wirebird/websocketserver.h>

using namespace Wirebird;

// Nothing but this server's own files, no script in the HTML, no frame around it.
static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
                             "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
                             "base-uri 'none'; frame-ancestors 'none'";

static void serveFile(WebSocketServer *server, const char *path, const char *name, const char *type)
{
    QFile file(QStringLiteral(":/page/") + QString::fromLatin1(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The page is not in this program: %s", name);
    HttpResponse response(file.readAll(), type);
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "same-origin");
    response.setHeader("Cache-Control", "no-cache");
    server->route(QString::fromLatin1(path), HttpMethod::Get,
                  [response](const HttpRequest &) { return response; });
}

void servePage(WebSocketServer *server)
{
    serveFile(server, "/", "index.html", "text/html; charset=utf-8");
    serveFile(server, "/ticker.css", "ticker.css", "text/css; charset=utf-8");
    serveFile(server, "/ticker.js", "ticker.js", "text/javascript; charset=utf-8");
}
