// Counts the messages in the bytes of one connection, without copying them.
#pragma once

#include "deflate.h"
#include "pattern.h"

#include <array>
#include <cstdint>
#include <memory>

namespace Load {

class Receiver
{
public:
    Receiver(const Options &options, const Pattern &pattern);

    /// Returns how many messages became complete. What is not as it was sent ends the program.
    std::size_t feed(const std::uint8_t *bytes, std::size_t count);

    /// So many bytes may be thrown away unread and given to `skipped`.
    std::uint64_t skippable() const;
    std::size_t skipped(std::uint64_t count);

    bool isClosed() const { return m_isClosed; } ///< A Close frame arrived.
    bool isBetweenMessages() const { return !m_isInside && m_received == 0 && m_headerLength == 0; }

private:
    std::size_t feedRaw(const std::uint8_t *bytes, std::size_t count);
    std::size_t addToHeader(std::uint8_t byte);
    void beginFrame();
    std::size_t takeRaw(std::uint64_t count);
    void compare(const std::uint8_t *bytes, std::size_t count);
    void compareCompressed();
    [[noreturn]] void failPayload() const;
    std::size_t takePayload(std::uint64_t count);

    const Options &m_options;
    const Pattern &m_pattern;
    std::array<std::uint8_t, 10> m_header{};
    std::size_t m_headerLength = 0;
    std::size_t m_headerWanted = 2;
    std::uint64_t m_frameRest = 0; ///< Payload of the frame still to come.
    std::uint64_t m_received = 0; ///< Bytes of the message; raw: of the frame.
    std::uint64_t m_messages = 0; ///< Complete ones.
    Bytes m_compressed; ///< Of the message; only with Check::Payload.
    std::unique_ptr<Inflater> m_inflater;
    bool m_isInside = false; ///< A frame of the message has come.
    bool m_isCompressed = false;
    bool m_isFinal = true;
    bool m_isControl = false;
    bool m_isClosed = false;
};

} // namespace Load
