// Echo server: Qt's own WebSocket classes.
#include "qtecho.h"

#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

int main(int argc, char **argv)
{
    const QByteArray library = QByteArray("Qt WebSockets ") + qVersion();
    return Bench::runQtServer<QWebSocketServer>(argc, argv, library.constData());
}
