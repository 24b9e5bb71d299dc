// Keeps large buffers for the next message: fresh pages cost more than a copy.
#pragma once

#include <QtCore/qglobal.h>

#include <array>
#include <atomic>
#include <mutex>
#include <utility>

namespace Wirebird {

/// Remembers the last large objects given to the application, T being an
/// implicitly shared QByteArray or QString, and gives one out again once the
/// application has let go of it. Usable from any thread. A process keeps at most
/// `mostBytes` for each T.
template <typename T>
class Recycler
{
public:
    static Recycler &instance()
    {
        // Never destroyed: engine threads may still call at exit.
        static auto *const recycler = new Recycler;
        return *recycler;
    }

    /// Keeps a reference to `object` if its size is worth it.
    void remember(const T &object)
    {
        const quint64 size = bytesOf(object);
        if (size < least || size > most)
            return;
        T dropped; // freed outside the lock
        const std::lock_guard lock(m_mutex);
        T &slot = m_objects[m_next];
        m_next = (m_next + 1) % m_objects.size();
        if (m_bytes - bytesOf(slot) + size > mostBytes)
            return;
        m_bytes += size - bytesOf(slot);
        dropped = std::exchange(slot, object);
    }

    /// An object of this length with any content, or an empty one.
    template <typename Length>
    T take(Length length)
    {
        T found;
        {
            const std::lock_guard lock(m_mutex);
            for (T &object : m_objects) {
                // A much larger one would be wasted on an application that keeps it.
                const bool fits = object.capacity() >= length && object.capacity() / 2 <= length;
                if (fits && object.isDetached()) {
                    m_bytes -= bytesOf(object);
                    found = std::exchange(object, T());
                    break;
                }
            }
        }
        // What the application read happened before it let go.
        std::atomic_thread_fence(std::memory_order_acquire);
        if (!found.isNull())
            found.resize(length);
        return found;
    }

private:
    static constexpr quint64 least = 16 * 1024;
    static constexpr quint64 most = 4 * 1024 * 1024;
    static constexpr quint64 mostBytes = 16 * 1024 * 1024;

    static quint64 bytesOf(const T &object)
    {
        return quint64(object.capacity()) * sizeof(typename T::value_type);
    }

    std::mutex m_mutex;
    std::array<T, 8> m_objects;
    std::size_t m_next = 0;
    quint64 m_bytes = 0;
};

} // namespace Wirebird
