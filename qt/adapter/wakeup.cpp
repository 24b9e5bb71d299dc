// Events posted to an object by threads that do not know whether it is still there.
#include "wakeup.h"

#include <QtCore/qcoreapplication.h>

namespace Wirebird {

QEvent::Type Wakeup::eventType()
{
    static const auto type = QEvent::Type(QEvent::registerEventType());
    return type;
}

void Wakeup::wake(void *context) noexcept
{
    auto *const wakeup = static_cast<Wakeup *>(context);
    const std::lock_guard lock(wakeup->m_mutex);
    if (wakeup->m_target && !wakeup->m_posted.exchange(true))
        QCoreApplication::postEvent(wakeup->m_target, new QEvent(eventType()));
}

void Wakeup::drop(void *context) noexcept
{
    delete static_cast<Wakeup *>(context);
}

void Wakeup::leave()
{
    const std::lock_guard lock(m_mutex);
    m_target = nullptr;
}

} // namespace Wirebird
