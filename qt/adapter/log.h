// The engine's log in Qt's logging categories.
#pragma once

namespace Wirebird {

/// Has the engine log what the rules of QLoggingCategory want now: called whenever a connection
/// is opened or a server listens. From any thread.
void applyLoggingRules();

} // namespace Wirebird
