// One connection of the load generator.
#pragma once

#include "pattern.h"
#include "receiver.h"
#include "transport.h"

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace Load {

class Connection
{
public:
    /// Opens it. `buffer` is shared by all connections.
    Connection(const Options &options, const Pattern &pattern, std::vector<std::uint8_t> &buffer);
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    int descriptor() const { return m_transport.descriptor(); }
    bool wantsToWrite() const { return m_toWrite > 0 || m_trailerLeft > 0; }
    bool isOver() const { return m_isOver; } ///< The server has closed or answered the Close.

    void send(std::uint64_t messages); ///< Adds to what is to be written.
    void finish(); ///< Ends the message that is being written, and then the connection.
    void write();

    /// Reads what is there, once; returns how many messages came.
    std::size_t read();

    std::uint64_t receivedBytes() const { return m_receivedBytes; } ///< Without the handshake.
    std::uint64_t sent() const { return m_pattern.messagesIn(m_sent); }

private:
    bool written(ssize_t count);
    void writeTrailer();
    std::size_t end();

    const Options &m_options;
    const Pattern &m_pattern;
    std::vector<std::uint8_t> &m_buffer;
    Transport m_transport;
    Receiver m_receiver;
    std::uint64_t m_messages = 0; ///< To be sent, from the beginning.
    std::uint64_t m_toWrite = 0; ///< Bytes of the pattern.
    std::uint64_t m_sent = 0; ///< Bytes of the pattern.
    std::uint64_t m_receivedBytes = 0;
    std::size_t m_trailerLeft = 0; ///< Bytes of the Close frame; raw: 1, the end of the stream.
    bool m_isFinishing = false;
    bool m_isOver = false;
};

} // namespace Load
