// Teardown under fire: in the slot of each signal, in each state, something is
// done to the object that emitted it. The signals that follow are the promised
// ones and no more, and another connection goes on undisturbed.
//
// For any pair of classes with this interface: whoever includes it has declared
// Socket, Server and isWirebird before. Worth most under sanitizers.
#pragma once

#include "teardown/handshakes.h"
#include "teardown/securing.h"
#include "teardown/servers.h"
#include "teardown/sockets.h"
