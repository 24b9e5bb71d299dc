// Signals that are emitted one after the other.
#include "steps.h"

namespace Wirebird {

void Steps::run()
{
    Watch watch(*this);
    while (!m_steps.empty()) {
        const Step step = std::move(m_steps.front());
        m_steps.pop_front();
        step();
        if (watch.isOver())
            return;
    }
}

void Steps::leave()
{
    for (Watch *const watch : m_watches)
        watch->m_steps = nullptr;
    m_watches.clear();
}

} // namespace Wirebird
