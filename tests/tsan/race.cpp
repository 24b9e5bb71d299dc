// A race that ThreadSanitizer has to see: what a thread writes after it has posted an event is not
// ordered before the event's receiver. Fails, or the sanitizer and postedevents.cpp see nothing.
#include "handover.h"

#include <QtCore/QCoreApplication>

#include <atomic>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QObject there;
    int value = 0;
    LoopThread thread;
    there.moveToThread(&thread);
    std::atomic<bool> isDone{false}; // relaxed: in no order with anything
    QMetaObject::invokeMethod(
        &there,
        [&] {
            ++value;
            isDone.store(true, std::memory_order_relaxed);
        },
        Qt::QueuedConnection);
    ++value; // the race
    while (!isDone.load(std::memory_order_relaxed))
        QThread::yieldCurrentThread();
    return 0;
}
