// Frames from a server: never masked, a message perhaps in several (RFC 6455 section 5.4).
#include "receiver.h"

#include "wire.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace Load {

Receiver::Receiver(const Options &options, const Pattern &pattern)
    : m_options(options)
    , m_pattern(pattern)
{
}

std::size_t Receiver::feed(const std::uint8_t *bytes, std::size_t count)
{
    if (m_options.protocol == Protocol::Raw)
        return feedRaw(bytes, count);
    std::size_t messages = 0;
    while (count > 0) {
        if (m_frameRest == 0) {
            messages += addToHeader(*bytes++);
            --count;
            continue;
        }
        const std::uint64_t part = std::min<std::uint64_t>(count, m_frameRest);
        compare(bytes, std::size_t(part));
        messages += takePayload(part);
        bytes += part;
        count -= std::size_t(part);
    }
    return messages;
}

std::size_t Receiver::feedRaw(const std::uint8_t *bytes, std::size_t count)
{
    if (m_options.check == Check::Payload) {
        for (std::size_t i = 0; i < count; ++i) {
            if (bytes[i] != m_pattern.frames()[(m_received + i) % m_pattern.length()])
                fail("raw echo", "other bytes came back");
        }
    }
    return takeRaw(count);
}

std::size_t Receiver::takeRaw(std::uint64_t count)
{
    const std::size_t length = m_pattern.length();
    const std::size_t messages = std::size_t((m_received + count) / length);
    m_received = (m_received + count) % length;
    return messages;
}

std::uint64_t Receiver::skippable() const
{
    if (m_options.check == Check::Payload)
        return 0;
    return m_options.protocol == Protocol::Raw ? m_pattern.length() - m_received : m_frameRest;
}

std::size_t Receiver::skipped(std::uint64_t count)
{
    return m_options.protocol == Protocol::Raw ? takeRaw(count) : takePayload(count);
}

std::size_t Receiver::addToHeader(std::uint8_t byte)
{
    m_header[m_headerLength++] = byte;
    if (m_headerLength == 2) {
        const std::uint8_t length = byte & lengthBits;
        m_headerWanted = length == length16 ? 4 : length == length64 ? 10 : 2;
        if (byte & maskedFrame)
            fail("a frame from the server", "masked");
    }
    if (m_headerLength < m_headerWanted)
        return 0;
    beginFrame();
    return m_frameRest == 0 ? takePayload(0) : 0;
}

void Receiver::beginFrame()
{
    const std::uint8_t opcode = m_header[0] & opcodeBits;
    m_frameRest = m_header[1] & lengthBits;
    if (m_headerWanted > 2) {
        m_frameRest = 0;
        for (std::size_t i = 2; i < m_headerWanted; ++i)
            m_frameRest = m_frameRest << 8 | m_header[i];
    }
    m_headerLength = 0;
    m_headerWanted = 2;
    m_isControl = opcode >= closeFrame;
    m_isClosed = m_isClosed || opcode == closeFrame;
    if (m_isControl)
        return;
    m_isFinal = m_header[0] & finalFrame;
    const std::uint8_t first = m_options.kind == Kind::Binary ? binaryFrame : textFrame;
    if (opcode != (m_isInside ? continuationFrame : first))
        fail("a frame from the server", "another kind than was sent");
    if (!m_isInside)
        m_isCompressed = m_header[0] & compressedFrame;
    m_isInside = true;
    if (m_isCompressed)
        return;
    const std::uint64_t length = m_received + m_frameRest;
    if (m_frameRest == 0 || length > m_options.size || (m_isFinal && length != m_options.size))
        fail("a frame from the server", "another length than was sent");
}

void Receiver::compare(const std::uint8_t *bytes, std::size_t count)
{
    if (m_options.check == Check::Frames || m_isControl)
        return;
    if (m_isCompressed)
        m_compressed.insert(m_compressed.end(), bytes, bytes + count);
    else if (std::memcmp(bytes, m_pattern.payload(m_messages).data() + m_received, count) != 0)
        failPayload();
}

void Receiver::compareCompressed()
{
    if (!m_inflater)
        m_inflater = std::make_unique<Inflater>();
    const Bytes payload = m_inflater->message(std::exchange(m_compressed, {}), m_options.size);
    if (payload != m_pattern.payload(m_messages))
        failPayload();
}

void Receiver::failPayload() const
{
    fail("a message from the server", "another payload than was sent");
}

std::size_t Receiver::takePayload(std::uint64_t count)
{
    m_frameRest -= count;
    if (m_isControl)
        return 0;
    m_received += count;
    if (m_frameRest > 0 || !m_isFinal)
        return 0;
    if (m_isCompressed && m_options.check == Check::Payload)
        compareCompressed();
    m_received = 0;
    m_isInside = false;
    ++m_messages;
    return 1;
}

} // namespace Load
