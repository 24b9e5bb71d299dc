// What the servers of the benchmarks are told on their command line.
#pragma once

#include <cstdint>

namespace Bench {

enum class Mode {
    Echo, ///< Every message is sent back.
    Sink, ///< Messages are counted and dropped.
};

struct Options
{
    Mode mode = Mode::Echo;
};

/// Reads `--sink`; anything else ends the program with status 2.
Options parseOptions(int argc, char **argv);

/// Tells whoever started the program where it listens: "port N".
void announce(std::uint16_t port);

/// Ends the program with status 1.
[[noreturn]] void fail(const char *what, const char *why);

} // namespace Bench
