// SIGTERM and SIGINT as Qt's signals.
#pragma once

#include <functional>

class QObject;

// Calls `handler` in the event loop of `context`. Where there are no such signals, as on Windows,
// it does nothing.
void onTermination(QObject *context, std::function<void()> handler);
