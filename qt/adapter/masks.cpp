// The application's mask generator, as the engine's threads ask it.
#include "masks.h"

#include <QtCore/qrandom.h>

#include <utility>

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

void Masks::fill(wirebird_client_options_t *options) const
{
    if (!m_source)
        return;
    using Shared = std::shared_ptr<Source>;
    options->mask_context = new Shared(m_source);
    options->mask_drop = [](void *context) { delete static_cast<Shared *>(context); };
    options->next_mask = [](void *context) {
        const Shared &source = *static_cast<Shared *>(context);
        const std::lock_guard lock(source->mutex);
        return source->next ? source->next() : QRandomGenerator::system()->generate();
    };
}

void Masks::discard(const wirebird_client_options_t &options)
{
    if (options.mask_drop)
        options.mask_drop(options.mask_context);
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
