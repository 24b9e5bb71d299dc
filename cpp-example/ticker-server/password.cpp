#include "password.h"

#include <QtCore/QTextStream>

#ifdef Q_OS_UNIX
#  include <termios.h>
#  include <unistd.h>
#endif

QString readPassword(const QString &prompt)
{
#ifdef Q_OS_UNIX
    termios before{};
    const bool isTerminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
    if (isTerminal) {
        QTextStream(stderr) << prompt << Qt::flush;
        termios silent = before;
        silent.c_lflag &= ~tcflag_t(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
#endif
    const QString line = QTextStream(stdin).readLine();
#ifdef Q_OS_UNIX
    if (isTerminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        QTextStream(stderr) << QString() << Qt::endl;
    }
#endif
    return line;
}
