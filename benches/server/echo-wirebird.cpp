// Echo server: Wirebird's Qt classes.
#include "qtecho.h"

#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>
#include <wirebird/wirebird.h>

namespace {

void configure(Wirebird::WebSocketServer &server, const Bench::Options &options)
{
    auto compression = server.compression();
    compression.setEnabled(options.compression == Bench::Compression::Deflate);
    compression.setLevel(6);
    server.setCompression(compression);
}

} // namespace

int main(int argc, char **argv)
{
    const QByteArray library = QByteArray("Wirebird ") + wirebird_version() + ", Qt " + qVersion();
    return Bench::runQtServer<Wirebird::WebSocketServer>(argc, argv, library, configure);
}
