// Whose promises an object keeps where those of Wirebird and of Qt WebSockets
// differ: the classes of namespace Wirebird the ones, the drop-in the others.
#pragma once

namespace Wirebird {

enum class Manner { Wirebird, QtWebSockets };

} // namespace Wirebird
