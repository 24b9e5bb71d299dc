// Why a connection is closed for what the peer sent, in Qt WebSockets' words.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qstring.h>

namespace Wirebird {

/// The reason of a WIREBIRD_EVENT_CLOSING that this side began; the engine's
/// own words where Qt has none.
QString qtReason(const wirebird_event_t &event);

/// The text of WIREBIRD_ERROR_ACCEPT_KEY from the engine's, which has both keys in
/// quotes: what came, and what should have come.
QString qtAcceptKeyError(const QString &message);

} // namespace Wirebird
