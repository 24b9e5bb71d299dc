// When a server of the benchmarks has to end.
#pragma once

namespace Bench {

/// A descriptor that becomes readable on SIGTERM, SIGINT, or input or the end of standard input.
/// Call it before any thread is started: the signals are blocked from then on.
int stopDescriptor();

} // namespace Bench
