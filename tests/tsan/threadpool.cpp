// Functions that Qt's pools of threads run, for ThreadSanitizer: Qt, not instrumented, hands them
// over under a mutex that the sanitizer does not see. So it is told that whoever starts a function
// has done so before it runs. Instead of Qt's function, which does the same without telling.
#include "handover.h"

#include <QtCore/QRunnable>
#include <QtCore/QThreadPool>

#include <functional>
#include <utility>

namespace {

class Task : public QRunnable
{
public:
    explicit Task(std::function<void()> function) : m_function(std::move(function))
    {
        handOver(this);
    }
    void run() override
    {
        takeOver(this);
        m_function();
    }

private:
    std::function<void()> m_function;
};

} // namespace

void QThreadPool::start(std::function<void()> function, int priority)
{
    start(new Task(std::move(function)), priority);
}
