// The bytes that every connection sends: one masked frame, over and over.
#pragma once

#include "options.h"

#include <cstdint>
#include <vector>

namespace Load {

class Pattern
{
public:
    explicit Pattern(const Options &options);

    /// Frames behind each other, as many as one write is worth.
    const std::vector<std::uint8_t> &frames() const { return m_frames; }
    std::size_t frameLength() const { return m_frameLength; }

    /// What is in a frame, not masked.
    const std::vector<std::uint8_t> &payload() const { return m_payload; }

private:
    std::vector<std::uint8_t> m_payload;
    std::vector<std::uint8_t> m_frames;
    std::size_t m_frameLength = 0;
};

} // namespace Load
