// One thread, one epoll.
#include "generator.h"

#include "atonce.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

namespace Load {
namespace {

/// How long the answers to the last messages may take, and closing.
constexpr Generator::Clock::duration patience = std::chrono::seconds(10);

/// Messages for Mode::Sink: more than can be sent in the longest run.
constexpr std::uint64_t endless = std::uint64_t(1) << 34;

double cpuSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

} // namespace

Generator::Generator(const Options &options)
    : m_options(options)
    , m_pattern(m_options, Side::Client)
    , m_buffer(256 * 1024)
    , m_watched(options.connections)
    , m_open(options.connections)
    , m_epoll(epoll_create1(EPOLL_CLOEXEC))
{
    const auto open = [this] {
        return std::make_unique<Connection>(m_options, m_pattern, m_buffer);
    };
    appendAtOnce(m_idle, options.idle, open);
    appendAtOnce(m_connections, options.connections, open);
}

Generator::~Generator()
{
    close(m_epoll);
}

Result Generator::run()
{
    const double cpu = cpuSeconds();
    const Clock::time_point begin = Clock::now();
    const std::chrono::duration<double> length(m_options.seconds);
    start();
    while (Clock::now() - begin < length)
        turn();
    m_isSending = false;
    // What comes back ends with the last answer, a sink with the answer to the Close.
    if (m_options.mode == Mode::Sink)
        closeAll();
    else
        drain();
    m_result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    m_result.cpuSeconds = cpuSeconds() - cpu;
    if (m_options.mode != Mode::Sink)
        closeAll();
    m_result.messages = m_received;
    for (const auto &connection : m_connections)
        m_result.receivedBytes += connection->receivedBytes();
    if (m_options.mode == Mode::Sink) {
        for (const auto &connection : m_connections)
            m_result.messages += connection->sent();
    }
    return m_result;
}

void Generator::start()
{
    const std::uint64_t messages = m_options.mode == Mode::Sink ? endless : m_options.inFlight;
    m_sentAt = Clock::now();
    for (std::size_t i = 0; i < m_connections.size(); ++i) {
        if (i == 0 || m_options.mode != Mode::Broadcast)
            send(i, messages);
        watch(i);
    }
}

void Generator::send(std::size_t index, std::uint64_t messages)
{
    m_connections[index]->send(messages);
    m_connections[index]->write();
    m_queued += messages * (m_options.mode == Mode::Broadcast ? m_connections.size() : 1);
}

/// Another message for each that has arrived on all connections.
void Generator::broadcast()
{
    const std::uint64_t count = m_connections.size();
    const std::uint64_t wanted = m_received / count + m_options.inFlight;
    if (wanted <= m_queued / count)
        return;
    send(0, wanted - m_queued / count);
    watch(0);
}

void Generator::drain()
{
    const auto latest = Clock::now() + patience;
    while (m_received < m_queued) {
        turn();
        if (Clock::now() > latest)
            fail("ending", "messages did not come back");
    }
}

void Generator::closeAll()
{
    for (std::size_t i = 0; i < m_connections.size(); ++i) {
        m_connections[i]->finish();
        m_connections[i]->write();
        watch(i);
    }
    const auto latest = Clock::now() + patience;
    while (m_open > 0) {
        turn();
        if (Clock::now() > latest)
            fail("ending", "the server did not close");
    }
}

void Generator::turn()
{
    epoll_event events[256];
    const int count = epoll_wait(m_epoll, events, 256, 100);
    for (int i = 0; i < count; ++i)
        handle(std::size_t(events[i].data.u64), events[i].events);
}

void Generator::handle(std::size_t index, std::uint32_t events)
{
    Connection &connection = *m_connections[index];
    if (events & ~std::uint32_t(EPOLLOUT)) {
        const std::size_t messages = connection.read();
        m_received += messages;
        if (messages > 0 && m_isSending && m_options.mode == Mode::Echo) {
            timeRoundTrip();
            send(index, messages);
        }
        if (messages > 0 && m_isSending && m_options.mode == Mode::Broadcast)
            broadcast();
    }
    if (connection.wantsToWrite())
        connection.write();
    watch(index);
}

/// Has epoll wait for what the connection needs now.
void Generator::watch(std::size_t index)
{
    const Connection &connection = *m_connections[index];
    std::uint32_t wanted = 0;
    if (!connection.isOver())
        wanted = connection.wantsToWrite() ? EPOLLIN | EPOLLOUT : EPOLLIN;
    const std::uint32_t before = std::exchange(m_watched[index], wanted);
    if (before == wanted)
        return;
    epoll_event event{};
    event.events = wanted;
    event.data.u64 = index;
    const int operation = before == 0 ? EPOLL_CTL_ADD : wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (epoll_ctl(m_epoll, operation, connection.descriptor(), &event) != 0)
        fail("epoll_ctl", std::strerror(errno));
    if (wanted == 0)
        --m_open;
}

void Generator::timeRoundTrip()
{
    if (m_options.inFlight * m_options.connections != 1)
        return;
    const Clock::time_point now = Clock::now();
    m_result.roundTrips.push_back(std::uint32_t((now - m_sentAt).count()));
    m_sentAt = now;
}

} // namespace Load
