#include "signals.h"

#include <QtCore/QSocketNotifier>

#ifdef Q_OS_UNIX
#  include <csignal>
#  include <fcntl.h>
#  include <unistd.h>

// A handler of signals may do next to nothing, but write to a pipe: the event loop reads it.
static int pipeEnds[2];

static void wake(int)
{
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = write(pipeEnds[1], &byte, 1);
}

void onTermination(QObject *context, std::function<void()> handler)
{
    if (pipe(pipeEnds) != 0)
        qFatal("No pipe for signals could be made.");
    for (const int end : pipeEnds) {
        fcntl(end, F_SETFD, FD_CLOEXEC);
        fcntl(end, F_SETFL, O_NONBLOCK);
    }
    auto *const notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, context);
    QObject::connect(notifier, &QSocketNotifier::activated, context, [handler = std::move(handler)] {
        char byte;
        while (read(pipeEnds[0], &byte, 1) == 1)
            handler();
    });
    struct sigaction action {};
    action.sa_handler = wake;
    action.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
}
#else
void onTermination(QObject *, std::function<void()>) { }
#endif
