// Large payloads: the engine fills the QByteArray or QString that the
// application receives. The functions are called from engine threads, each
// object by one thread at a time.
#include "storage.h"

#include "recycler.h"

#include <limits>
#include <memory>
#include <new>

namespace Wirebird {
namespace {

using Length = decltype(QByteArray().size());

/// More can't be held by Qt's containers.
template <typename T>
bool fits(size_t length)
{
    constexpr auto largest = size_t(std::numeric_limits<Length>::max());
    return length <= largest / sizeof(typename T::value_type) - 64;
}

template <typename T>
void *make(size_t length)
{
    if (!fits<T>(length))
        return nullptr;
    T object = Recycler<T>::instance().take(Length(length));
    if (object.isNull())
        object = T(Length(length), Qt::Uninitialized);
    return new T(std::move(object));
}

template <typename T>
bool setLength(void *object, size_t length)
{
    if (!fits<T>(length))
        return false;
    static_cast<T *>(object)->resize(Length(length));
    return true;
}

bool isText(uint32_t payload)
{
    return payload == WIREBIRD_PAYLOAD_UTF16;
}

void *create(void *, uint32_t payload, size_t length) noexcept
{
    try {
        return isText(payload) ? make<QString>(length) : make<QByteArray>(length);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void *data(void *object, uint32_t payload) noexcept
{
    // Not shared with anybody yet: data() does not detach.
    if (isText(payload))
        return static_cast<QString *>(object)->data();
    return static_cast<QByteArray *>(object)->data();
}

bool resize(void *object, uint32_t payload, size_t length) noexcept
{
    try {
        return isText(payload) ? setLength<QString>(object, length)
                               : setLength<QByteArray>(object, length);
    } catch (const std::bad_alloc &) {
        return false;
    }
}

void destroy(void *object, uint32_t payload) noexcept
{
    if (isText(payload))
        delete static_cast<QString *>(object);
    else
        delete static_cast<QByteArray *>(object);
}

template <typename T>
T takeObject(void *object)
{
    const std::unique_ptr<T> owner(static_cast<T *>(object));
    Recycler<T>::instance().remember(*owner);
    return std::move(*owner);
}

} // namespace

wirebird_storage_t storageFunctions()
{
    wirebird_storage_t storage;
    storage.create = create;
    storage.data = data;
    storage.resize = resize;
    storage.destroy = destroy;
    storage.context = nullptr;
    return storage;
}

QByteArray takeBytes(const wirebird_event_t &event)
{
    if (event.storage)
        return takeObject<QByteArray>(event.storage);
    return QByteArray(static_cast<const char *>(event.data), Length(event.length));
}

QString takeText(const wirebird_event_t &event)
{
    if (event.payload != WIREBIRD_PAYLOAD_UTF16)
        return QString::fromUtf8(takeBytes(event));
    if (event.storage)
        return takeObject<QString>(event.storage);
    return QString(static_cast<const QChar *>(event.data), Length(event.length));
}

void discardPayload(const wirebird_event_t &event)
{
    if (event.storage)
        destroy(event.storage, event.payload);
}

} // namespace Wirebird
