// Echo server: Wirebird's Qt classes.
#include "qtecho.h"

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>
#include <wirebird/wirebird.h>

int main(int argc, char **argv)
{
    const QByteArray library = QByteArray("Wirebird ") + wirebird_version() + ", Qt " + qVersion();
    return Bench::runQtServer<Wirebird::WebSocketServer>(argc, argv, library.constData());
}
