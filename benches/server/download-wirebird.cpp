// Receiving client: Wirebird's Qt class.
#include "download.h"

#include <wirebird/websocket.h>
#include <wirebird/wirebird.h>

int main(int argc, char **argv)
{
    const QByteArray library = QByteArray("Wirebird ") + wirebird_version() + ", Qt " + qVersion();
    return Bench::runDownload<Wirebird::WebSocket>(argc, argv, library);
}
