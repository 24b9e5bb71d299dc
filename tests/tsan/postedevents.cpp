// Posted events, for ThreadSanitizer: Qt, not instrumented, guards its queues of events by mutexes
// that the sanitizer does not see. So it is told here what they promise: whoever posts an event
// has done so before the receiver gets it. The moment taken for the posting is the event's
// allocation, a little earlier, by which its arguments are complete. An object that is moved gets
// all its events in the new thread behind what the old one has done with it, also those that were
// posted before.
//
// Part of each test program of a build with -fsanitize=thread.
#include "handover.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>

extern "C" int __sanitizer_install_malloc_and_free_hooks(
    void (*allocated)(const volatile void *, size_t), void (*freed)(const volatile void *));

namespace {

/// No event of Qt's or ours is larger.
constexpr size_t largestEvent = 160;

void allocated(const volatile void *memory, size_t size)
{
    if (size >= sizeof(QEvent) && size <= largestEvent)
        handOver(const_cast<const void *>(memory));
}

void freed(const volatile void *) { }

/// Before an event is delivered; `data` is the receiver, the event, and the result.
bool delivering(void **data)
{
    auto *const receiver = static_cast<QObject *>(data[0]);
    auto *const event = static_cast<QEvent *>(data[1]);
    takeOver(event);
    if (event->type() != QEvent::ThreadChange) {
        takeOver(receiver);
        return false;
    }
    *static_cast<bool *>(data[2]) = receiver->event(event);
    handOver(receiver);
    return true;
}

const bool isInstalled = [] {
    QInternal::registerCallback(QInternal::EventNotifyCallback, delivering);
    return __sanitizer_install_malloc_and_free_hooks(allocated, freed) != 0;
}();

} // namespace
