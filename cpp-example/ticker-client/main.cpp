// Stock ticker, client side: prints prices as they arrive, says at the end how many came, and
// exits with 0 only if some did.
#include "tickerclient.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Shows the prices of a ticker-server. The password is in TICKER_PASSWORD, or the first "
        "line of standard input: others can read a command line."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("url"), QStringLiteral("Where the server is."),
                       QStringLiteral("url"), QStringLiteral("ws://127.0.0.1:8080") });
    parser.addOption({ QStringLiteral("user"), QStringLiteral("Who logs in."),
                       QStringLiteral("name"), qEnvironmentVariable("TICKER_USER") });
    parser.addOption({ QStringLiteral("symbols"), QStringLiteral("Some only, with commas."),
                       QStringLiteral("symbols") });
    parser.addOption({ QStringLiteral("seconds"), QStringLiteral("End after this time; 0: never."),
                       QStringLiteral("seconds"), QStringLiteral("0") });
    parser.process(app);

    QTextStream err(stderr);
    bool secondsAreValid = false;
    const int seconds = parser.value(QStringLiteral("seconds")).toInt(&secondsAreValid);
    if (!secondsAreValid || seconds < 0) {
        err << "--seconds takes 0 or a positive number.\n";
        return 2;
    }
    QString password = qEnvironmentVariable("TICKER_PASSWORD");
    if (password.isEmpty())
        password = QTextStream(stdin).readLine();

    TickerClient client(QUrl(parser.value(QStringLiteral("url"))),
                        parser.value(QStringLiteral("user")), password,
                        parser.value(QStringLiteral("symbols"))
                            .split(QLatin1Char(','), Qt::SkipEmptyParts));
    bool failed = false;
    // Queued: it may also be reported before the event loop runs.
    QObject::connect(&client, &TickerClient::failed, &app, [&](const QString &reason) {
        if (!failed)
            err << reason << Qt::endl;
        failed = true;
        app.quit();
    }, Qt::QueuedConnection);
    if (seconds > 0)
        QTimer::singleShot(std::chrono::seconds(seconds), &app, &QCoreApplication::quit);

    client.start();
    app.exec();

    QTextStream(stdout) << client.count() << " prices arrived." << Qt::endl;
    return failed || client.count() == 0 ? 1 : 0;
}
