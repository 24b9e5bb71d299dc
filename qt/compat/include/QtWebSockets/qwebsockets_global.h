// What every header of Qt WebSockets includes.
#pragma once

#include "qtwebsocketsexports.h"

#include <QtCore/qglobal.h>
