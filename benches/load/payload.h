// What is in the messages.
#pragma once

#include "options.h"

#include <cstdint>
#include <vector>

namespace Load {

using Bytes = std::vector<std::uint8_t>;

/// The messages that are sent in turn: one, or of Kind::Json 64. Always the same ones.
std::vector<Bytes> makePayloads(Kind kind, std::size_t size);

} // namespace Load
