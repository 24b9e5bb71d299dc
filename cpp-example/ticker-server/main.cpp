// Stock ticker, server side: see subscriber.h for what it says over WebSockets, login.h and
// olderways.h for HTTP, page/ for what a browser shows.
#include "password.h"
#include "settings.h"
#include "signals.h"
#include "tickerserver.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const Settings settings = Settings::read();
    QTextStream out(stdout);
    QTextStream err(stderr);
    QString problem;

    if (!settings.addUser.isEmpty()) {
        const QString password = readPassword(QStringLiteral("Password: "));
        if (!Users::append(settings.users, settings.addUser, password, &problem)) {
            err << problem << Qt::endl;
            return 2;
        }
        out << settings.addUser << " can log in." << Qt::endl;
        return 0;
    }

    Users users;
    if (!settings.users.isEmpty() && !users.load(settings.users, &problem)) {
        err << problem << Qt::endl;
        return 2;
    }
    QString demoPassword;
    if (settings.hasDemoUser) {
        demoPassword = QString::fromLatin1(randomHex(6));
        users.add(QStringLiteral("demo"), demoPassword);
    }

    TickerServer server(settings, users);
    if (!server.listen(settings)) {
        err << "Cannot listen: " << server.errorString() << Qt::endl;
        return 1;
    }
    onTermination(&server, [&server] { server.shutDown(); });
    if (settings.hasDemoUser)
        out << "Login: demo " << demoPassword << Qt::endl;
    out << "Ticker at " << server.url().toString() << Qt::endl;
    return app.exec();
}
