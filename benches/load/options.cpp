// The command line of the load generator.
#include "options.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace Load {
namespace {

[[noreturn]] void usage()
{
    std::fputs("usage: load --port N [--connections 1] [--in-flight 1] [--size 125]\n"
               "            [--kind text|binary] [--seconds 1] [--sink] [--raw] [--check]\n"
               "\n"
               "--sink   nothing comes back\n"
               "--raw    the server speaks no WebSocket, it sends bytes back as they are\n"
               "--check  compares every byte that comes back\n",
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
    if (name != "text" && name != "binary")
        usage();
    return name == "text" ? Kind::Text : Kind::Binary;
}

} // namespace

Options parseOptions(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name(argv[i]);
        const char *const value = i + 1 < argc ? argv[i + 1] : nullptr;
        if (name == "--sink") {
            options.mode = Mode::Sink;
            continue;
        } else if (name == "--raw") {
            options.protocol = Protocol::Raw;
            continue;
        } else if (name == "--check") {
            options.check = Check::Payload;
            continue;
        } else if (name == "--port") {
            options.port = std::uint16_t(number(value, 1, 65535));
        } else if (name == "--connections") {
            options.connections = std::size_t(number(value, 1, 1000));
        } else if (name == "--in-flight") {
            options.inFlight = std::size_t(number(value, 1, 1000));
        } else if (name == "--size") {
            options.size = std::size_t(number(value, 1, 64 * 1024 * 1024));
        } else if (name == "--kind") {
            options.kind = kind(value);
        } else if (name == "--seconds") {
            options.seconds = number(value, 0.01, 600);
        } else {
            usage();
        }
        ++i;
    }
    if (options.port == 0)
        usage();
    return options;
}

void fail(const char *what, const char *why)
{
    std::fprintf(stderr, "load: %s: %s\n", what, why);
    std::exit(1);
}

} // namespace Load
