// Chat, server side.
#include "chatserver.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Rooms in which people talk."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("port"), QStringLiteral("Port; 0 takes a free one."),
                       QStringLiteral("port"), QStringLiteral("8083") });
    parser.process(app);

    bool portIsValid = false;
    const quint16 port = parser.value(QStringLiteral("port")).toUShort(&portIsValid);
    if (!portIsValid) {
        QTextStream(stderr) << "--port takes 0 to 65535.\n";
        return 2;
    }

    ChatServer server;
    if (!server.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << "Cannot listen: " << server.errorString() << '\n';
        return 1;
    }
    QTextStream(stdout) << "Chat at " << server.url().toString() << Qt::endl;
    return app.exec();
}
