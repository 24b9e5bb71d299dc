// Frames are encoded once (RFC 6455 section 5.2): masking them is not this program's work.
#include "pattern.h"

#include "wire.h"

#include <iterator>

namespace Load {
namespace {

constexpr std::uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
constexpr std::size_t leastLength = 64 * 1024;

std::vector<std::uint8_t> makePayload(Kind kind, std::size_t size)
{
    std::vector<std::uint8_t> payload(size);
    std::uint32_t state = 1;
    for (std::uint8_t &byte : payload) {
        state = state * 1664525 + 1013904223;
        byte = std::uint8_t(state >> 24);
        if (kind == Kind::Text)
            byte = std::uint8_t(' ' + byte % 95);
    }
    return payload;
}

std::vector<std::uint8_t> makeFrame(Kind kind, const std::vector<std::uint8_t> &payload)
{
    const std::size_t size = payload.size();
    std::vector<std::uint8_t> frame;
    frame.push_back(finalFrame | (kind == Kind::Text ? textFrame : binaryFrame));
    std::size_t lengthBytes = 0;
    if (size < length16) {
        frame.push_back(std::uint8_t(maskedFrame | size));
    } else {
        lengthBytes = size <= 0xffff ? 2 : 8;
        frame.push_back(maskedFrame | (lengthBytes == 2 ? length16 : length64));
    }
    for (std::size_t i = lengthBytes; i-- > 0;)
        frame.push_back(std::uint8_t(std::uint64_t(size) >> (8 * i)));
    frame.insert(frame.end(), std::begin(mask), std::end(mask));
    for (std::size_t i = 0; i < size; ++i)
        frame.push_back(payload[i] ^ mask[i % 4]);
    return frame;
}

} // namespace

Pattern::Pattern(const Options &options) : m_payload(makePayload(options.kind, options.size))
{
    const std::vector<std::uint8_t> frame = makeFrame(options.kind, m_payload);
    m_frameLength = frame.size();
    do {
        m_frames.insert(m_frames.end(), frame.begin(), frame.end());
    } while (m_frames.size() < leastLength);
}

} // namespace Load
