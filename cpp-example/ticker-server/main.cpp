// Stock ticker, server side: prices as JSON in text messages.
#include "tickerserver.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Pushes stock prices to WebSocket clients."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("host"), QStringLiteral("IP address to listen on."),
                       QStringLiteral("address"), QStringLiteral("127.0.0.1") });
    parser.addOption({ QStringLiteral("port"), QStringLiteral("Port; 0 takes a free one."),
                       QStringLiteral("port"), QStringLiteral("8080") });
    parser.addOption({ QStringLiteral("interval-ms"), QStringLiteral("Time between two prices."),
                       QStringLiteral("ms"), QStringLiteral("200") });
    parser.process(app);

    QTextStream out(stdout);
    QTextStream err(stderr);

    bool portIsValid = false;
    bool intervalIsValid = false;
    const QHostAddress address(parser.value(QStringLiteral("host")));
    const quint16 port = parser.value(QStringLiteral("port")).toUShort(&portIsValid);
    const int interval = parser.value(QStringLiteral("interval-ms")).toInt(&intervalIsValid);
    if (address.isNull() || !portIsValid || !intervalIsValid || interval < 0) {
        err << "--host takes an IP address, --port 0 to 65535, --interval-ms 0 or more.\n";
        return 2;
    }

    TickerServer server;
    if (!server.listen(address, port)) {
        err << "Cannot listen: " << server.errorString() << '\n';
        return 1;
    }
    server.start(interval);
    out << "Ticker at " << server.url().toString() << Qt::endl;
    return app.exec();
}
