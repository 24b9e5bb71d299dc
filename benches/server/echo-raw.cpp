// Echo server without any protocol: TCP bytes go back as they came. The limit that no WebSocket
// server passes.
#include "meter.h"
#include "options.h"
#include "stop.h"

#include <cerrno>
#include <cstring>
#include <map>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Bench;

namespace {

constexpr std::size_t bufferSize = 128 * 1024;

/// What the system did not take yet of what a connection gets back.
struct Backlog
{
    std::vector<char> bytes;
    std::size_t start = 0;
};

class Echo
{
public:
    explicit Echo(Mode mode)
        : m_mode(mode)
        , m_buffer(bufferSize)
    {
    }

    void run();

private:
    void listen();
    void accept();
    void add(int descriptor, std::uint32_t events) { control(EPOLL_CTL_ADD, descriptor, events); }
    void watch(int descriptor, std::uint32_t events) { control(EPOLL_CTL_MOD, descriptor, events); }
    void control(int operation, int descriptor, std::uint32_t events);
    void receive(int connection);
    void sendBacklog(int connection);
    void drop(int connection);

    const Mode m_mode;
    Meter m_meter;
    std::vector<char> m_buffer;
    std::map<int, Backlog> m_connections;
    int m_epoll = -1;
    int m_listener = -1;
};

void Echo::run()
{
    const int stop = stopDescriptor();
    m_epoll = epoll_create1(EPOLL_CLOEXEC);
    add(stop, EPOLLIN);
    listen();
    for (;;) {
        epoll_event events[64];
        const int count = epoll_wait(m_epoll, events, 64, -1);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events[i].data.fd;
            if (descriptor == stop)
                return m_meter.report("TCP, no protocol");
            if (descriptor == m_listener)
                accept();
            else if (events[i].events & EPOLLOUT)
                sendBacklog(descriptor);
            else
                receive(descriptor);
        }
    }
}

void Echo::listen()
{
    m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *const generic = reinterpret_cast<sockaddr *>(&address);
    if (bind(m_listener, generic, length) != 0 || ::listen(m_listener, 1024) != 0
        || getsockname(m_listener, generic, &length) != 0)
        fail("listening", std::strerror(errno));
    add(m_listener, EPOLLIN);
    announce(ntohs(address.sin_port));
}

void Echo::accept()
{
    const int connection = accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0)
        return;
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    m_connections[connection];
    add(connection, EPOLLIN);
}

void Echo::control(int operation, int descriptor, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    if (epoll_ctl(m_epoll, operation, descriptor, &event) != 0)
        fail("epoll_ctl", std::strerror(errno));
}

void Echo::receive(int connection)
{
    const ssize_t received = recv(connection, m_buffer.data(), m_buffer.size(), 0);
    if (received < 0 && errno == EAGAIN)
        return;
    if (received <= 0)
        return drop(connection);
    m_meter.countBytes(std::size_t(received));
    if (m_mode == Mode::Sink)
        return;
    ssize_t sent = send(connection, m_buffer.data(), std::size_t(received), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        return drop(connection);
    sent = sent < 0 ? 0 : sent;
    if (sent < received) {
        Backlog &backlog = m_connections[connection];
        backlog.bytes.assign(m_buffer.data() + sent, m_buffer.data() + received);
        backlog.start = 0;
        watch(connection, EPOLLOUT);
    }
}

void Echo::sendBacklog(int connection)
{
    Backlog &backlog = m_connections[connection];
    const ssize_t sent = send(connection, backlog.bytes.data() + backlog.start,
                              backlog.bytes.size() - backlog.start, MSG_NOSIGNAL);
    if (sent < 0)
        return errno == EAGAIN ? void() : drop(connection);
    backlog.start += std::size_t(sent);
    if (backlog.start == backlog.bytes.size())
        watch(connection, EPOLLIN);
}

void Echo::drop(int connection)
{
    m_connections.erase(connection);
    close(connection);
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = parseOptions(argc, argv);
    require(options, Can::Messages);
    Echo(options.mode).run();
}
