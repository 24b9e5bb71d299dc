// zlib, with the end of each message cut off and put back (RFC 7692 sections 7.2.1 and 7.2.2).
#include "deflate.h"

#include <iterator>

namespace Load {
namespace {

constexpr std::uint8_t tail[] = { 0x00, 0x00, 0xff, 0xff };
constexpr int windowBits = -15; // without zlib's own header

} // namespace

Deflater::Deflater()
{
    if (deflateInit2(&m_stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        fail("zlib", "deflateInit2");
}

Deflater::~Deflater()
{
    deflateEnd(&m_stream);
}

Bytes Deflater::message(const Bytes &payload)
{
    Bytes compressed(deflateBound(&m_stream, uLong(payload.size())) + 16);
    m_stream.next_in = const_cast<Bytef *>(payload.data());
    m_stream.avail_in = uInt(payload.size());
    m_stream.next_out = compressed.data();
    m_stream.avail_out = uInt(compressed.size());
    if (deflate(&m_stream, Z_SYNC_FLUSH) != Z_OK || m_stream.avail_in > 0)
        fail("zlib", "deflate");
    compressed.resize(compressed.size() - m_stream.avail_out - std::size(tail));
    return compressed;
}

Inflater::Inflater()
{
    if (inflateInit2(&m_stream, windowBits) != Z_OK)
        fail("zlib", "inflateInit2");
}

Inflater::~Inflater()
{
    inflateEnd(&m_stream);
}

Bytes Inflater::message(Bytes compressed, std::size_t longest)
{
    compressed.insert(compressed.end(), std::begin(tail), std::end(tail));
    Bytes payload(longest + 1);
    m_stream.next_in = compressed.data();
    m_stream.avail_in = uInt(compressed.size());
    m_stream.next_out = payload.data();
    m_stream.avail_out = uInt(payload.size());
    const int status = inflate(&m_stream, Z_SYNC_FLUSH);
    if ((status != Z_OK && status != Z_BUF_ERROR) || m_stream.avail_out == 0)
        fail("a message from the server", "not what permessage-deflate makes of the payload");
    payload.resize(payload.size() - m_stream.avail_out);
    return payload;
}

} // namespace Load
