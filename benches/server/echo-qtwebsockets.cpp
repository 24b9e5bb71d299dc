// Echo server: Qt's own WebSocket classes.
#include "qtecho.h"

#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

namespace {

void configure(QWebSocketServer &, const Bench::Options &options)
{
    Bench::require(options, Bench::Can::Broadcast | Bench::Can::Tls);
}

} // namespace

int main(int argc, char **argv)
{
    const QByteArray library = QByteArray("Qt WebSockets ") + qVersion();
    return Bench::runQtServer<QWebSocketServer>(argc, argv, library, configure);
}
