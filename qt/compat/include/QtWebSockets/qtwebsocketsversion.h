// The version that programs see: that of the Qt in use.
#pragma once

#include <QtCore/qglobal.h>

#define QTWEBSOCKETS_VERSION_STR QT_VERSION_STR
#define QTWEBSOCKETS_VERSION QT_VERSION
