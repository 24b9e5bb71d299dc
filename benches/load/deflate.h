// Compressed messages of permessage-deflate (RFC 7692), the context kept from one to the next.
#pragma once

#include "payload.h"

#include <zlib.h>

namespace Load {

class Deflater
{
public:
    Deflater();
    ~Deflater();
    Deflater(const Deflater &) = delete;
    Deflater &operator=(const Deflater &) = delete;

    Bytes message(const Bytes &payload);

private:
    z_stream m_stream{};
};

class Inflater
{
public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;

    /// Ends the program if it can't be decompressed or is longer than `longest`.
    Bytes message(Bytes compressed, std::size_t longest);

private:
    z_stream m_stream{};
};

} // namespace Load
