// Large payloads: the engine fills the QByteArray or QString that the
// application receives.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace Wirebird {

/// The functions by which the engine makes and fills the objects.
wirebird_storage_t storageFunctions();

/// The payload of an event; the event's own object becomes invalid.
QByteArray takeBytes(const wirebird_event_t &event);
QString takeText(const wirebird_event_t &event);

/// Destroys the event's object if it has one that nobody took.
void discardPayload(const wirebird_event_t &event);

} // namespace Wirebird
