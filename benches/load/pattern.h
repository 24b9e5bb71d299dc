// The bytes that every connection sends: the same frames, over and over.
#pragma once

#include "options.h"
#include "payload.h"

#include <cstdint>
#include <vector>

namespace Load {

enum class Side {
    Client, ///< Frames are masked.
    Server,
};

class Pattern
{
public:
    Pattern(const Options &options, Side side);

    /// Frames behind each other, as many as one write is worth; the last one is complete.
    const Bytes &frames() const { return m_frames; }

    /// Bytes after which the same frames come again.
    std::size_t length() const { return m_ends.back(); }

    std::uint64_t bytesOf(std::uint64_t messages) const; ///< On the wire, from the beginning.
    std::uint64_t messagesIn(std::uint64_t bytes) const; ///< Complete ones, from the beginning.

    /// What is in a message, neither masked nor compressed.
    const Bytes &payload(std::uint64_t message) const
    {
        return m_payloads[std::size_t(message % m_payloads.size())];
    }

private:
    const std::vector<Bytes> m_payloads;
    Bytes m_frames;
    std::vector<std::size_t> m_ends; ///< Of each frame, until they come again.
};

} // namespace Load
