// The export macro. The CMake target and the qmake module define what it needs.
#pragma once

#include <QtCore/qglobal.h>

#if defined(WIREBIRD_QTWEBSOCKETS_BUILD)
#  define Q_WEBSOCKETS_EXPORT Q_DECL_EXPORT
#elif defined(WIREBIRD_QTWEBSOCKETS_SHARED)
#  define Q_WEBSOCKETS_EXPORT Q_DECL_IMPORT
#else
#  define Q_WEBSOCKETS_EXPORT
#endif
