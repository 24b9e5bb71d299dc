// Reading and writing without ever waiting.
#include "connection.h"

#include "handshake.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace Load {
namespace {

/// Messages from this size on are not copied from the kernel but thrown away there. (Sending them
/// by sendfile() would make this program cheaper, and reading them twice as dear for the server.)
constexpr std::uint64_t leastUncopied = 16 * 1024;

/// Of a large message only so much is read besides what is thrown away.
constexpr std::size_t headerRead = 16;

/// Writes before other connections get their turn.
constexpr int writesPerTurn = 16;

/// Close, 1000, masked (RFC 6455 section 5.5.1).
constexpr std::uint8_t closing[] = { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8 };

} // namespace

Connection::Connection(const Options &options, const Pattern &pattern,
                       std::vector<std::uint8_t> &buffer)
    : m_options(options)
    , m_pattern(pattern)
    , m_buffer(buffer)
    , m_descriptor(openConnection(options))
    , m_receiver(options, pattern)
{
}

Connection::~Connection()
{
    close(m_descriptor);
}

void Connection::send(std::uint64_t messages)
{
    m_toWrite += messages * m_pattern.frameLength();
}

void Connection::finish()
{
    if (std::exchange(m_isFinishing, true))
        return;
    const std::size_t begun = std::size_t(m_sent % m_pattern.frameLength());
    if (m_options.mode == Mode::Sink)
        m_toWrite = begun == 0 ? 0 : m_pattern.frameLength() - begun;
    m_trailerLeft = m_options.protocol == Protocol::Raw ? 1 : sizeof closing;
}

void Connection::write()
{
    const std::vector<std::uint8_t> &frames = m_pattern.frames();
    for (int i = 0; i < writesPerTurn && m_toWrite > 0; ++i) {
        const std::size_t start = std::size_t(m_sent % m_pattern.frameLength());
        const std::size_t count =
            std::size_t(std::min<std::uint64_t>(m_toWrite, frames.size() - start));
        if (!written(::send(m_descriptor, frames.data() + start, count, MSG_NOSIGNAL)))
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
        shutdown(m_descriptor, SHUT_WR);
        m_trailerLeft = 0;
        return;
    }
    const std::uint8_t *const rest = std::end(closing) - m_trailerLeft;
    const ssize_t count = ::send(m_descriptor, rest, m_trailerLeft, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN)
        fail("closing", std::strerror(errno));
    m_trailerLeft -= std::size_t(std::max<ssize_t>(count, 0));
}

std::size_t Connection::read()
{
    const std::uint64_t skippable = m_receiver.skippable();
    ssize_t count = 0;
    std::size_t messages = 0;
    if (skippable >= leastUncopied) {
        count = recv(m_descriptor, nullptr, std::size_t(skippable), MSG_TRUNC);
        if (count > 0)
            messages = m_receiver.skipped(std::uint64_t(count));
    } else {
        const bool onlyHeader = m_options.check == Check::Frames && m_options.size >= leastUncopied;
        const std::size_t room = onlyHeader ? headerRead : m_buffer.size();
        count = recv(m_descriptor, m_buffer.data(), room, 0);
        if (count > 0)
            messages = m_receiver.feed(m_buffer.data(), std::size_t(count));
    }
    if (count == 0)
        return end();
    if (count < 0 && errno != EAGAIN)
        fail("receiving", std::strerror(errno));
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
