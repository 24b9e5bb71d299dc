// Receiving client: Qt's own WebSocket class.
#include "download.h"

#include <QtWebSockets/QWebSocket>

int main(int argc, char **argv)
{
    return Bench::runDownload<QWebSocket>(argc, argv, QByteArray("Qt WebSockets ") + qVersion());
}
