// Signals and standard input as one descriptor.
#include "stop.h"

#include "options.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace Bench {

int stopDescriptor()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    const int signal = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    const int both = epoll_create1(EPOLL_CLOEXEC);
    if (signal < 0 || both < 0)
        fail("signalfd", std::strerror(errno));

    epoll_event readable{};
    readable.events = EPOLLIN;
    if (epoll_ctl(both, EPOLL_CTL_ADD, signal, &readable) != 0)
        fail("epoll_ctl", std::strerror(errno));
    // Fails for /dev/null and files: then only signals end the program.
    epoll_ctl(both, EPOLL_CTL_ADD, STDIN_FILENO, &readable);
    return both;
}

} // namespace Bench
