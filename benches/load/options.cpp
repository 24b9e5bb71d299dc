// The command line of the load generator.
#include "options.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace Load {
namespace {

[[noreturn]] void usage()
{
    std::fputs("usage: load --port N [--connections 1] [--idle 0] [--in-flight 1] [--size 125]\n"
               "            [--kind text|mixed|json|binary] [--seconds 1]\n"
               "            [--sink|--broadcast|--handshakes|--hold]\n"
               "            [--tls] [--deflate|--deflate-fresh] [--raw] [--check]\n"
               "\n"
               "--idle        so many connections more, which do nothing\n"
               "--sink        nothing comes back\n"
               "--broadcast   what the first connection sends comes back on all of them\n"
               "--handshakes  opens and closes connections, so many at once\n"
               "--hold        opens one connection, waits for a line, opens the others, waits\n"
               "--raw         the server speaks no WebSocket, it sends bytes back as they are\n"
               "--check       compares every byte that comes back\n",
               stderr);
    std::exit(2);
}

double number(const char *text, double least, double most)
{
    char *end = nullptr;
    const double value = text ? std::strtod(text, &end) : 0;
    if (!text || *end || end == text || !(value >= least && value <= most))
        usage();
    return value;
}

Kind kind(const char *text)
{
    const std::string_view name(text ? text : "");
    if (name == "text")
        return Kind::Text;
    if (name == "mixed")
        return Kind::Mixed;
    if (name == "json")
        return Kind::Json;
    if (name == "binary")
        return Kind::Binary;
    usage();
}

/// Options without a value.
bool takeWord(Options &options, std::string_view name)
{
    if (name == "--sink")
        options.mode = Mode::Sink;
    else if (name == "--broadcast")
        options.mode = Mode::Broadcast;
    else if (name == "--handshakes")
        options.mode = Mode::Handshakes;
    else if (name == "--hold")
        options.mode = Mode::Hold;
    else if (name == "--tls")
        options.security = Security::Tls;
    else if (name == "--deflate")
        options.compression = Compression::Deflate;
    else if (name == "--deflate-fresh")
        options.compression = Compression::FreshAnswers;
    else if (name == "--raw")
        options.protocol = Protocol::Raw;
    else if (name == "--check")
        options.check = Check::Payload;
    else
        return false;
    return true;
}

} // namespace

Options parseOptions(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name(argv[i]);
        if (takeWord(options, name))
            continue;
        const char *const value = ++i < argc ? argv[i] : nullptr;
        if (name == "--port")
            options.port = std::uint16_t(number(value, 1, 65535));
        else if (name == "--connections")
            options.connections = std::size_t(number(value, 1, 20000));
        else if (name == "--idle")
            options.idle = std::size_t(number(value, 0, 20000));
        else if (name == "--in-flight")
            options.inFlight = std::size_t(number(value, 1, 1000));
        else if (name == "--size")
            options.size = std::size_t(number(value, 1, 256 * 1024 * 1024));
        else if (name == "--kind")
            options.kind = kind(value);
        else if (name == "--messages")
            options.messages = std::uint64_t(number(value, 1, 1e12));
        else if (name == "--seconds")
            options.seconds = number(value, 0.01, 600);
        else
            usage();
    }
    return options;
}

void fail(const char *what, const char *why)
{
    std::fprintf(stderr, "load: %s: %s\n", what, why);
    std::exit(1);
}

} // namespace Load
