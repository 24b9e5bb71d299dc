// Frames are encoded once (RFC 6455 section 5.2): masking and compressing them is not this
// program's work.
#include "pattern.h"

#include "deflate.h"
#include "wire.h"

#include <algorithm>
#include <iterator>

namespace Load {
namespace {

constexpr std::uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
constexpr std::size_t leastLength = 64 * 1024;

void appendFrame(Bytes &frames, std::uint8_t first, const Bytes &payload, Side side)
{
    const std::size_t size = payload.size();
    const std::uint8_t masked = side == Side::Client ? maskedFrame : 0;
    frames.push_back(first);
    std::size_t lengthBytes = 0;
    if (size < length16) {
        frames.push_back(std::uint8_t(masked | size));
    } else {
        lengthBytes = size <= 0xffff ? 2 : 8;
        frames.push_back(masked | (lengthBytes == 2 ? length16 : length64));
    }
    for (std::size_t i = lengthBytes; i-- > 0;)
        frames.push_back(std::uint8_t(std::uint64_t(size) >> (8 * i)));
    if (side == Side::Server) {
        frames.insert(frames.end(), payload.begin(), payload.end());
        return;
    }
    frames.insert(frames.end(), std::begin(mask), std::end(mask));
    for (std::size_t i = 0; i < size; ++i)
        frames.push_back(payload[i] ^ mask[i % 4]);
}

} // namespace

Pattern::Pattern(const Options &options, Side side)
    : m_payloads(makePayloads(options.kind, options.size))
{
    const bool isCompressed = options.compression != Compression::None;
    const std::uint8_t opcode = options.kind == Kind::Binary ? binaryFrame : textFrame;
    const std::uint8_t first =
        std::uint8_t(finalFrame | opcode | (isCompressed ? compressedFrame : 0));
    // With a context of its own: when the frames come again, none refers to what was before.
    Deflater deflater;
    for (const Bytes &payload : m_payloads) {
        appendFrame(m_frames, first, isCompressed ? deflater.message(payload) : payload, side);
        m_ends.push_back(m_frames.size());
    }
    const Bytes once = m_frames;
    while (m_frames.size() < leastLength)
        m_frames.insert(m_frames.end(), once.begin(), once.end());
}

std::uint64_t Pattern::bytesOf(std::uint64_t messages) const
{
    const std::size_t rest = std::size_t(messages % m_ends.size());
    return messages / m_ends.size() * length() + (rest == 0 ? 0 : m_ends[rest - 1]);
}

std::uint64_t Pattern::messagesIn(std::uint64_t bytes) const
{
    const auto begun = std::upper_bound(m_ends.begin(), m_ends.end(), bytes % length());
    return bytes / length() * m_ends.size() + std::uint64_t(begun - m_ends.begin());
}

} // namespace Load
