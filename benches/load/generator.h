// Keeps messages of many connections under way and measures how fast they are dealt with.
#pragma once

#include "connection.h"
#include "options.h"
#include "pattern.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace Load {

struct Result
{
    std::uint64_t messages = 0; ///< That came back; Mode::Sink: that were sent.
    std::uint64_t receivedBytes = 0; ///< On the wire, inside TLS.
    double seconds = 0;
    double cpuSeconds = 0; ///< Of this program.
    std::vector<std::uint32_t> roundTrips; ///< ns; only with one message under way in all.
};

class Generator
{
public:
    using Clock = std::chrono::steady_clock;

    /// Opens the connections.
    explicit Generator(const Options &options);
    ~Generator();
    Generator(const Generator &) = delete;
    Generator &operator=(const Generator &) = delete;

    Result run();

private:
    void start();
    void send(std::size_t index, std::uint64_t messages);
    void broadcast();
    void drain();
    void closeAll();
    void turn();
    void handle(std::size_t index, std::uint32_t events);
    void watch(std::size_t index);
    void timeRoundTrip();

    const Options m_options;
    const Pattern m_pattern;
    std::vector<std::uint8_t> m_buffer;
    std::vector<std::unique_ptr<Connection>> m_connections;
    std::vector<std::unique_ptr<Connection>> m_idle; ///< Not read, not written.
    std::vector<std::uint32_t> m_watched; ///< What epoll waits for, by connection.
    bool m_isSending = true;
    Clock::time_point m_sentAt;
    std::uint64_t m_queued = 0; ///< Messages.
    std::uint64_t m_received = 0; ///< Messages.
    std::size_t m_open; ///< Connections.
    Result m_result;
    const int m_epoll;
};

} // namespace Load
