// What ThreadSanitizer cannot see of Qt, which is not instrumented: where one thread waits for
// another. Nothing without it.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QThread>

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void *address);
extern "C" void __tsan_release(void *address);

/// What this thread did by now happened before the threads that take() the same address.
inline void handOver(const void *address)
{
    __tsan_release(const_cast<void *>(address));
}
inline void takeOver(const void *address)
{
    __tsan_acquire(const_cast<void *>(address));
}
#else
inline void handOver(const void *) { }
inline void takeOver(const void *) { }
#endif

/// Runs `function` on the thread of `object`, which is another one, and waits for it.
template <typename Function>
void callThere(QObject *object, const Function &function)
{
    QMetaObject::invokeMethod(
        object,
        [&function] {
            function();
            handOver(&function);
        },
        Qt::BlockingQueuedConnection);
    takeOver(&function);
}

/// A thread with an event loop that ends with its scope.
class LoopThread : public QThread
{
public:
    LoopThread() { start(); }
    ~LoopThread() override
    {
        quit();
        wait();
        takeOver(this);
    }

protected:
    void run() override
    {
        exec();
        handOver(this);
    }
};
