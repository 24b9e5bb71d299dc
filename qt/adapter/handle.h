// Owners of the engine's handles: each is released once.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qglobal.h>

#include <atomic>

namespace Wirebird {

/// Owns a handle of type T. The handle can be read from any thread; a stale one
/// is an error to the engine and nothing worse.
template <typename T, wirebird_status_t (*Release)(T)>
class Handle
{
public:
    Handle() = default;
    explicit Handle(T handle) : m_id(handle.id) {}
    ~Handle() { release(); }
    Q_DISABLE_COPY(Handle)

    T get() const { return T{m_id.load(std::memory_order_relaxed)}; }
    explicit operator bool() const { return get().id != 0; }

    /// Takes `handle` over; the one before it is released.
    void reset(T handle)
    {
        if (const quint64 before = m_id.exchange(handle.id))
            Release(T{before});
    }
    void release() { reset(T{0}); }

    /// Gives the handle away.
    T take() { return T{m_id.exchange(0)}; }

private:
    std::atomic<quint64> m_id{0};
};

using ConnectionHandle = Handle<wirebird_connection_t, wirebird_connection_release>;
using ServerHandle = Handle<wirebird_server_t, wirebird_server_release>;
using StreamHandle = Handle<wirebird_stream_t, wirebird_stream_release>;
using QueueHandle = Handle<wirebird_queue_t, wirebird_queue_release>;

} // namespace Wirebird
