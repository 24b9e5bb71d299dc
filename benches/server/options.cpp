// The command line of the servers.
#include "options.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace Bench {
namespace {

[[noreturn]] void usage(const char *program)
{
    std::fprintf(
        stderr, "usage: %s [--sink|--broadcast|--handshakes] [--deflate] [--tls CERTIFICATE KEY]\n",
        program);
    std::exit(2);
}

} // namespace

Options parseOptions(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name(argv[i]);
        if (name == "--sink") {
            options.mode = Mode::Sink;
        } else if (name == "--broadcast") {
            options.mode = Mode::Broadcast;
        } else if (name == "--handshakes") {
            options.mode = Mode::Handshakes;
        } else if (name == "--deflate") {
            options.compression = Compression::Deflate;
        } else if (name == "--tls" && i + 2 < argc) {
            options.certificate = argv[++i];
            options.key = argv[++i];
        } else {
            usage(argv[0]);
        }
    }
    return options;
}

void require(const Options &options, Can can)
{
    const auto has = [can](Can one) { return (int(can) & int(one)) != 0; };
    if ((options.mode == Mode::Broadcast && !has(Can::Broadcast))
        || (options.compression == Compression::Deflate && !has(Can::Deflate))
        || (options.certificate && !has(Can::Tls))) {
        std::fputs("This server can't do that.\n", stderr);
        std::exit(2);
    }
}

void announce(std::uint16_t port)
{
    std::printf("port %u\n", unsigned(port));
    std::fflush(stdout);
}

void fail(const char *what, const char *why)
{
    std::fprintf(stderr, "%s: %s\n", what, why);
    std::exit(1);
}

} // namespace Bench
