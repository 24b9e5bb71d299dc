// Counts messages, and what they cost the thread that handles them and its process.
#pragma once

#include <cstddef>
#include <cstdint>

namespace Bench {

/// Used by the server's main thread only. The clocks start with the first message (unless
/// begin() is called before): starting the program and opening connections are not measured.
class Meter
{
public:
    void count(std::size_t bytes)
    {
        if (m_messages++ == 0)
            start();
        m_bytes += bytes;
    }

    /// Counts a message that was sent `copies` times.
    void countMany(std::uint64_t copies, std::size_t bytes)
    {
        if (m_messages == 0)
            start();
        m_messages += copies;
        m_bytes += copies * bytes;
    }

    /// Starts the clocks before the first message: for a client, when it is connected.
    void begin()
    {
        m_isRunning = true;
        m_start = now();
    }

    /// Counts bytes of a stream without messages.
    void countBytes(std::size_t bytes)
    {
        if (m_bytes == 0)
            start();
        m_bytes += bytes;
    }

    /// Prints one line of JSON. `library` names what was measured, with its version; `more` are
    /// members of the JSON object.
    void report(const char *library, const char *more = "") const;

private:
    struct Clocks
    {
        std::int64_t threadCpu = 0; ///< µs
        std::int64_t processCpu = 0; ///< µs
        std::int64_t wall = 0; ///< µs
    };

    static Clocks now();
    void start()
    {
        if (!m_isRunning)
            begin();
    }

    bool m_isRunning = false;
    std::uint64_t m_messages = 0;
    std::uint64_t m_bytes = 0;
    Clocks m_start;
};

} // namespace Bench
