// The QML module Wirebird in programs that link it.
#pragma once

#include <QtCore/qglobal.h>

#if defined(WIREBIRD_QML_BUILD)
#  define WIREBIRD_QML_EXPORT Q_DECL_EXPORT
#elif defined(WIREBIRD_QML_SHARED)
#  define WIREBIRD_QML_EXPORT Q_DECL_IMPORT
#else
#  define WIREBIRD_QML_EXPORT
#endif

namespace Wirebird {

/// Makes `import Wirebird` known to the engines of this process, once. With the CMake
/// target Wirebird::Qml and with wirebird-qml.pri it happens by itself.
WIREBIRD_QML_EXPORT void registerQmlTypes();

} // namespace Wirebird
