// What the servers of the benchmarks are told on their command line.
#pragma once

#include <cstdint>

namespace Bench {

enum class Mode {
    Echo, ///< Every message is sent back.
    Sink, ///< Messages are counted and dropped.
    Broadcast, ///< Every message is sent to all connections; what is sent counts.
    Handshakes, ///< Connections count; messages are dropped.
};

enum class Compression {
    None,
    Deflate, ///< permessage-deflate, level 6, windows of 32 KiB, contexts kept.
};

struct Options
{
    Mode mode = Mode::Echo;
    Compression compression = Compression::None;
    const char *certificate = nullptr; ///< A file, PEM; nullptr: no TLS.
    const char *key = nullptr; ///< A file, PEM.
};

/// Reads `--sink`, `--broadcast`, `--handshakes`, `--deflate`, and `--tls CERTIFICATE KEY`;
/// anything else ends the program with status 2.
Options parseOptions(int argc, char **argv);

/// Ends the program with status 2 if it was told what it can't do.
enum class Can {
    Messages = 0, ///< Mode::Echo, Mode::Sink, Mode::Handshakes.
    Deflate = 1,
    Broadcast = 2,
    Tls = 4,
};
constexpr Can operator|(Can a, Can b)
{
    return Can(int(a) | int(b));
}
void require(const Options &options, Can can);

/// Tells whoever started the program where it listens: "port N".
void announce(std::uint16_t port);

/// Ends the program with status 1.
[[noreturn]] void fail(const char *what, const char *why);

} // namespace Bench
