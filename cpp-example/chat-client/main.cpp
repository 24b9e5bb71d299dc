// Chat, client side: what is typed goes to the room, until the end of the input.
#include "chatclient.h"
#include "linereader.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Talks in a room of a chat-server. \"/join ROOM\" goes to another one."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("url"), QStringLiteral("Where the server is."),
                       QStringLiteral("url"), QStringLiteral("ws://127.0.0.1:8083") });
    parser.addOption({ QStringLiteral("room"), QStringLiteral("The room to enter."),
                       QStringLiteral("room"), QStringLiteral("garden") });
    parser.addPositionalArgument(QStringLiteral("name"), QStringLiteral("Your name."));
    parser.process(app);
    if (parser.positionalArguments().size() != 1) {
        QTextStream(stderr) << "Say who you are: chat-client NAME\n";
        return 2;
    }

    ChatClient client(parser.positionalArguments().constFirst(),
                      parser.value(QStringLiteral("room")));
    QObject::connect(&client, &ChatClient::shown, &app,
                     [](const QString &line) { QTextStream(stdout) << line << Qt::endl; });
    // Queued: open() may report a bad URL before the event loop runs.
    QObject::connect(
        &client, &ChatClient::finished, &app,
        [](const QString &problem) {
            if (!problem.isEmpty())
                QTextStream(stderr) << problem << Qt::endl;
            QCoreApplication::exit(problem.isEmpty() ? 0 : 1);
        },
        Qt::QueuedConnection);

    // Begins when there is somebody to hear it. Nothing but the end of the process ends its waiting
    // for a line.
    auto *const reader = new LineReader;
    QObject::connect(reader, &LineReader::line, &client, &ChatClient::take);
    QObject::connect(reader, &LineReader::end, &client, &ChatClient::close);

    QObject::connect(&client, &ChatClient::entered, reader, [reader] { reader->start(); });

    client.open(QUrl(parser.value(QStringLiteral("url"))));
    const int result = app.exec();
    if (reader->wait(100))
        delete reader;
    return result;
}
