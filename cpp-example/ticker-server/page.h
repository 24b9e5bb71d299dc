// The page: files that are compiled into the program.
#pragma once

namespace Wirebird {
class WebSocketServer;
}

void servePage(Wirebird::WebSocketServer *server);
