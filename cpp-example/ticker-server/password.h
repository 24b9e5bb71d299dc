// A line from standard input that is not shown while it is typed.
#pragma once

#include <QtCore/QString>

QString readPassword(const QString &prompt);
