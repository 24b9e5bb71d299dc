// The application's mask generator, as the engine's threads ask it.
#pragma once

#include <wirebird/global.h>
#include <wirebird/wirebird.h>

#include <functional>
#include <memory>
#include <mutex>

QT_BEGIN_NAMESPACE
class QObject;
QT_END_NAMESPACE

namespace Wirebird {

/// Asks `next`, one thread at a time, until this object is gone: connections
/// that complete their closing handshake afterwards mask by themselves.
class WIREBIRD_QT_EXPORT Masks
{
public:
    Masks() = default;
    ~Masks() { clear(); }
    Q_DISABLE_COPY(Masks)

    /// Sets the generator, or null for the engine's own masks. It is kept for
    /// inspection only. Connections opened afterwards ask it.
    void set(const QObject *generator, std::function<quint32()> next);
    const QObject *generator() const { return m_generator; }
    void fill(wirebird_client_options_t *options) const;
    /// After fill(), if no connection was made with the options.
    static void discard(const wirebird_client_options_t &options);

private:
    struct Source
    {
        std::mutex mutex;
        std::function<quint32()> next;
    };

    void clear();

    const QObject *m_generator = nullptr;
    std::shared_ptr<Source> m_source; ///< Null for the engine's own masks.
};

} // namespace Wirebird
