// Which members are there in which version of the QML module: Qt 6 numbers revisions
// by two numbers, Qt 5 by one.
#pragma once

#include <QtCore/qglobal.h>

#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
#  define WIREBIRD_SINCE_1_1 Q_REVISION(1, 1)
#  define WIREBIRD_SINCE_6_10 Q_REVISION(6, 10)
#else
#  define WIREBIRD_SINCE_1_1 Q_REVISION(1)
#  define WIREBIRD_SINCE_6_10 Q_REVISION(610)
#endif
