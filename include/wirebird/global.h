// The export macro of Wirebird::Qt. The CMake target defines what it needs.
#pragma once

#include <QtCore/qglobal.h>

#if defined(WIREBIRD_QT_BUILD)
#  define WIREBIRD_QT_EXPORT Q_DECL_EXPORT
#elif defined(WIREBIRD_QT_SHARED)
#  define WIREBIRD_QT_EXPORT Q_DECL_IMPORT
#else
#  define WIREBIRD_QT_EXPORT
#endif
