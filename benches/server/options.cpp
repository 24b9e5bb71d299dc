// The command line of the servers.
#include "options.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace Bench {

Options parseOptions(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) != "--sink") {
            std::fprintf(stderr, "usage: %s [--sink]\n", argv[0]);
            std::exit(2);
        }
        options.mode = Mode::Sink;
    }
    return options;
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
