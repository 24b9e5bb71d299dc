// The first bytes of a frame (RFC 6455 section 5.2).
#pragma once

#include <cstdint>

namespace Load {

constexpr std::uint8_t finalFrame = 0x80;
constexpr std::uint8_t compressedFrame = 0x40; ///< RFC 7692 section 6.
constexpr std::uint8_t opcodeBits = 0x0f;
constexpr std::uint8_t maskedFrame = 0x80;
constexpr std::uint8_t lengthBits = 0x7f;

constexpr std::uint8_t continuationFrame = 0x0;
constexpr std::uint8_t textFrame = 0x1;
constexpr std::uint8_t binaryFrame = 0x2;
constexpr std::uint8_t closeFrame = 0x8;

constexpr std::uint8_t length16 = 126; ///< Two bytes of length follow.
constexpr std::uint8_t length64 = 127; ///< Eight.

/// Close, 1000, masked (RFC 6455 section 5.5.1).
constexpr std::uint8_t closing[] = { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8 };

} // namespace Load
