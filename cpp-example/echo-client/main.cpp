// Echo, client side.
#include "echoclient.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Sends a text to an echo-server."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("url"), QStringLiteral("Where the server is."),
                       QStringLiteral("url"), QStringLiteral("ws://127.0.0.1:8081") });
    parser.addOption({ QStringLiteral("text"), QStringLiteral("What to send."),
                       QStringLiteral("text"), QStringLiteral("Hello, Wirebird!") });
    parser.addOption({ QStringLiteral("count"), QStringLiteral("How often."),
                       QStringLiteral("count"), QStringLiteral("1000") });
    parser.process(app);

    bool countIsValid = false;
    const int count = parser.value(QStringLiteral("count")).toInt(&countIsValid);
    if (!countIsValid || count < 1) {
        QTextStream(stderr) << "--count takes a number from 1.\n";
        return 2;
    }

    EchoClient client(parser.value(QStringLiteral("text")), count);
    // Queued: open() may report a bad URL before the event loop runs.
    QObject::connect(&client, &EchoClient::failed, &app, [](const QString &reason) {
        QTextStream(stderr) << reason << Qt::endl;
        QCoreApplication::exit(1);
    }, Qt::QueuedConnection);
    QObject::connect(&client, &EchoClient::finished, &app, [count](double microseconds) {
        QTextStream(stdout) << count << " messages came back, one in "
                            << QString::number(microseconds, 'f', 1) << " microseconds."
                            << Qt::endl;
        QCoreApplication::exit(0);
    }, Qt::QueuedConnection);

    client.open(QUrl(parser.value(QStringLiteral("url"))));
    return app.exec();
}
