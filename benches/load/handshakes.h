// Opens and closes connections, nothing else.
#pragma once

#include "generator.h"

namespace Load {

/// As many at once as `options.connections`, each in a thread of its own, up to 64.
Result openAndClose(const Options &options);

/// Opens one connection, says "first", waits for a line; opens the others, says "all", and waits
/// for the end of standard input.
void hold(const Options &options);

} // namespace Load
