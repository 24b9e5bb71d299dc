// Connections without messages: how fast they are opened, and what they need when they are open.
#include "handshakes.h"

#include "atonce.h"
#include "handshake.h"
#include "wire.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <thread>

namespace Load {
namespace {

constexpr std::size_t mostThreads = 64;

/// Until the server has answered the Close: then it has dealt with all of it.
void openAndCloseOne(const Options &options)
{
    Transport transport(options);
    shakeHands(transport, options);
    if (transport.send(closing, sizeof closing) != ssize_t(sizeof closing))
        fail("closing", std::strerror(errno));
    std::uint8_t answer[128];
    if (transport.receive(answer, sizeof answer) < 2
        || answer[0] != std::uint8_t(finalFrame | closeFrame))
        fail("closing", "no Close came back");
    transport.resetWhenClosed();
}

void say(const char *word)
{
    std::puts(word);
    std::fflush(stdout);
}

} // namespace

Result openAndClose(const Options &options)
{
    const auto begin = Generator::Clock::now();
    const auto end = begin + std::chrono::duration<double>(options.seconds);
    std::atomic<std::uint64_t> opened = 0;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(options.connections, mostThreads); ++i) {
        threads.emplace_back([&] {
            while (Generator::Clock::now() < end) {
                openAndCloseOne(options);
                ++opened;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    Result result;
    result.messages = opened;
    result.seconds = std::chrono::duration<double>(Generator::Clock::now() - begin).count();
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    result.cpuSeconds = double(time.tv_sec) + double(time.tv_nsec) / 1e9;
    return result;
}

void hold(const Options &options)
{
    std::vector<std::unique_ptr<Transport>> connections;
    const auto open = [&] {
        auto connection = std::make_unique<Transport>(options);
        shakeHands(*connection, options);
        return connection;
    };
    appendAtOnce(connections, 1, open);
    say("first");
    for (int byte = std::getchar(); byte != '\n'; byte = std::getchar()) {
        if (byte == EOF)
            return;
    }
    appendAtOnce(connections, options.connections - 1, open);
    say("all");
    while (std::getchar() != EOF) { }
}

} // namespace Load
