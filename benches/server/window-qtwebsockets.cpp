// Animated window: Qt's own WebSocket class.
#include "window.h"

#include <QtWebSockets/QWebSocket>

int main(int argc, char **argv)
{
    return Bench::runWindow<QWebSocket>(argc, argv, QByteArray("Qt WebSockets ") + qVersion());
}
