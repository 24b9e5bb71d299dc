// Opening a connection.
#pragma once

#include "options.h"

namespace Load {

/// Connects, and shakes hands unless raw; waits up to 10 s. The socket does not block afterwards.
int openConnection(const Options &options);

} // namespace Load
