// Reading and writing without ever waiting.
#include "connection.h"

#include "handshake.h"
#include "wire.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

namespace Load {
namespace {

/// Messages from this size on are not copied from the kernel but thrown away there. (Sending them
/// by sendfile() would make this program cheaper, and reading them twice as dear for the server.)
constexpr std::uint64_t leastUncopied = 16 * 1024;

/// Of a large message only so much is read besides what is thrown away.
constexpr std::size_t headerRead = 16;

/// Writes before other connections get their turn.
constexpr int writesPerTurn = 16;

} // namespace

Connection::Connection(const Options &options, const Pattern &pattern,
                       std::vector<std::uint8_t> &buffer)
    : m_options(options)
    , m_pattern(pattern)
    , m_buffer(buffer)
    , m_transport(options)
    , m_receiver(options, pattern)
{
    if (options.protocol == Protocol::WebSocket)
        shakeHands(m_transport, options);
    m_transport.stopWaiting();
}

void Connection::send(std::uint64_t messages)
{
    m_messages += messages;
    m_toWrite = m_pattern.bytesOf(m_messages) - m_sent;
}

void Connection::finish()
{
    if (std::exchange(m_isFinishing, true))
        return;
    if (m_options.mode == Mode::Sink) {
        const std::uint64_t complete = m_pattern.messagesIn(m_sent);
        m_messages = complete + (m_pattern.bytesOf(complete) < m_sent ? 1 : 0);
        m_toWrite = m_pattern.bytesOf(m_messages) - m_sent;
    }
    m_trailerLeft = m_options.protocol == Protocol::Raw ? 1 : sizeof closing;
}

void Connection::write()
{
    const Bytes &frames = m_pattern.frames();
    for (int i = 0; i < writesPerTurn && m_toWrite > 0; ++i) {
        const std::size_t start = std::size_t(m_sent % m_pattern.length());
        const std::size_t count =
            std::size_t(std::min<std::uint64_t>(m_toWrite, frames.size() - start));
        if (!written(m_transport.send(frames.data() + start, count)))
            return;
    }
    if (m_toWrite == 0 && m_trailerLeft > 0)
        writeTrailer();
}

bool Connection::written(ssize_t count)
{
    if (count < 0 && errno != EAGAIN)
        fail("sending", std::strerror(errno));
    if (count <= 0)
        return false;
    m_sent += std::uint64_t(count);
    m_toWrite -= std::uint64_t(count);
    return true;
}

void Connection::writeTrailer()
{
    if (m_options.protocol == Protocol::Raw) {
        m_transport.endWrites();
        m_trailerLeft = 0;
        return;
    }
    const std::uint8_t *const rest = std::end(closing) - m_trailerLeft;
    const ssize_t count = m_transport.send(rest, m_trailerLeft);
    if (count < 0 && errno != EAGAIN)
        fail("closing", std::strerror(errno));
    m_trailerLeft -= std::size_t(std::max<ssize_t>(count, 0));
}

std::size_t Connection::read()
{
    const std::uint64_t skippable = m_transport.canDiscard() ? m_receiver.skippable() : 0;
    ssize_t count = 0;
    std::size_t messages = 0;
    if (skippable >= leastUncopied) {
        count = m_transport.discard(std::size_t(skippable));
        if (count > 0)
            messages = m_receiver.skipped(std::uint64_t(count));
    } else {
        const bool onlyHeader = m_transport.canDiscard() && m_options.check == Check::Frames
            && m_options.size >= leastUncopied;
        const std::size_t room = onlyHeader ? headerRead : m_buffer.size();
        count = m_transport.receive(m_buffer.data(), room);
        if (count > 0)
            messages = m_receiver.feed(m_buffer.data(), std::size_t(count));
    }
    if (count == 0)
        return end();
    if (count < 0 && errno != EAGAIN)
        fail("receiving", std::strerror(errno));
    m_receivedBytes += std::uint64_t(std::max<ssize_t>(count, 0));
    if (m_receiver.isClosed())
        return messages + end();
    return messages;
}

std::size_t Connection::end()
{
    if (!m_isFinishing)
        fail("receiving", "the server closed the connection");
    if (!m_receiver.isBetweenMessages() && !m_receiver.isClosed())
        fail("receiving", "the server closed the connection inside a message");
    m_isOver = true;
    return 0;
}

} // namespace Load
