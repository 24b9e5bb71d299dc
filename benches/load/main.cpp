// The load generator: keeps a number of messages of each connection under way for some time, and
// prints one line of JSON. Its own work is small: frames are encoded beforehand, what comes back
// is counted where it lies, and large messages are thrown away by the kernel.
#include "generator.h"
#include "handshakes.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

using namespace Load;

namespace {

/// In µs; 0 if none was timed. Sorts a part of `times`.
double quantile(std::vector<std::uint32_t> &times, double fraction)
{
    if (times.empty())
        return 0;
    const auto place = times.begin() + std::ptrdiff_t(double(times.size() - 1) * fraction);
    std::nth_element(times.begin(), place, times.end());
    return double(*place) / 1000;
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = parseOptions(argc, argv);
    if (options.port == 0)
        fail("--port", "missing");
    if (options.mode == Mode::Hold) {
        hold(options);
        return 0;
    }
    Result result =
        options.mode == Mode::Handshakes ? openAndClose(options) : Generator(options).run();
    std::printf(
        "{\"messages\": %" PRIu64 ", \"received_bytes\": %" PRIu64
        ", \"seconds\": %.6f, \"messages_per_second\": %.1f, "
        "\"cpu_share\": %.3f, \"round_trip_us_median\": %.2f, \"round_trip_us_p99\": %.2f}\n",
        result.messages, result.receivedBytes, result.seconds,
        double(result.messages) / result.seconds, result.cpuSeconds / result.seconds,
        quantile(result.roundTrips, 0.5), quantile(result.roundTrips, 0.99));
}
