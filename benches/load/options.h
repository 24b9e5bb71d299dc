// What the load generator is told to do.
#pragma once

#include <cstddef>
#include <cstdint>

namespace Load {

enum class Protocol {
    WebSocket,
    Raw, ///< The same frames without a handshake; they come back as they are.
};

enum class Security {
    None,
    Tls, ///< The server's certificate is not verified.
};

enum class Compression {
    None,
    Deflate, ///< permessage-deflate (RFC 7692), both sides keep their context.
    FreshAnswers, ///< The same, but the server compresses each message by itself.
};

enum class Mode {
    Echo, ///< Every message comes back.
    Sink, ///< Nothing comes back; messages are sent as fast as they are taken.
    Broadcast, ///< The first connection sends, the server sends each message to all connections.
    Handshakes, ///< Connections are opened and closed; no message is sent.
    Hold, ///< Connections are opened and do nothing, until standard input ends.
};

enum class Kind {
    Text, ///< ASCII.
    Mixed, ///< Characters of one, two, three and four bytes.
    Json, ///< Quotes of a stock exchange, no two of 64 the same.
    Binary,
};

enum class Check {
    Frames, ///< Kind and length of what comes back.
    Payload, ///< Every byte, too. Costs this program time.
};

struct Options
{
    std::uint16_t port = 0; ///< On 127.0.0.1; required.
    Protocol protocol = Protocol::WebSocket;
    Security security = Security::None;
    Compression compression = Compression::None;
    Mode mode = Mode::Echo;
    Kind kind = Kind::Text;
    Check check = Check::Frames;
    std::size_t connections = 1; ///< 1 to 20,000.
    std::size_t idle = 0; ///< More connections, which do nothing; up to 20,000.
    std::size_t inFlight = 1; ///< Messages of one connection, 1 to 1,000. Not for Mode::Sink.
    std::size_t size = 125; ///< Bytes of one payload, 1 to 256 MiB.
    std::uint64_t messages = 0; ///< `feed` only: so many at least, instead of some time.
    double seconds = 1; ///< Up to 600.
};

/// Ends the program with status 2 if it does not understand.
Options parseOptions(int argc, char **argv);

/// Ends the program with status 1.
[[noreturn]] void fail(const char *what, const char *why);

} // namespace Load
