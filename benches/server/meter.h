// Counts messages, and what they cost the thread that handles them and its process.
#pragma once

#include <cstddef>
#include <cstdint>

namespace Bench {

/// Used by the server's main thread only. The clocks start with the first message: starting the
/// program and opening connections are not measured.
class Meter
{
public:
    void count(std::size_t bytes)
    {
        if (m_messages++ == 0)
            start();
        m_bytes += bytes;
    }

    /// Counts bytes of a stream without messages.
    void countBytes(std::size_t bytes)
    {
        if (m_bytes == 0)
            start();
        m_bytes += bytes;
    }

    /// Prints one line of JSON. `library` names what was measured, with its version.
    void report(const char *library) const;

private:
    struct Clocks
    {
        std::int64_t threadCpu = 0; ///< µs
        std::int64_t processCpu = 0; ///< µs
    };

    static Clocks now();
    void start() { m_start = now(); }

    std::uint64_t m_messages = 0;
    std::uint64_t m_bytes = 0;
    Clocks m_start;
};

} // namespace Bench
