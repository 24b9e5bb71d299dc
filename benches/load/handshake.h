// Opening a connection.
#pragma once

#include "transport.h"

namespace Load {

/// Shakes hands as a client, and waits for the answer.
void shakeHands(Transport &transport, const Options &options);

} // namespace Load
