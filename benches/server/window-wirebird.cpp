// Animated window: Wirebird's Qt class.
#include "window.h"

#include <wirebird/websocket.h>
#include <wirebird/wirebird.h>

int main(int argc, char **argv)
{
    const QByteArray library = QByteArray("Wirebird ") + wirebird_version() + ", Qt " + qVersion();
    return Bench::runWindow<Wirebird::WebSocket>(argc, argv, library);
}
