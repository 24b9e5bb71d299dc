// The application's mask generator, as the engine's threads ask it.
#include "masks.h"

namespace Wirebird {

void Masks::set(const QObject *generator, std::function<quint32()> next)
{
    clear();
    m_generator = generator;
    if (!generator)
        return;
    m_source = std::make_shared<Source>();
    m_source->next = std::move(next);
}

void Masks::clear()
{
    m_generator = nullptr;
    const std::shared_ptr<Source> source = std::move(m_source);
    if (!source)
        return;
    const std::lock_guard lock(source->mutex);
    source->next = nullptr;
}

} // namespace Wirebird
