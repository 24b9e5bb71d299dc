// Stock ticker, a window: lists live prices.
#include "screenshot.h"
#include "tickermodel.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QTextStream>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

int main(int argc, char *argv[])
{
    QGuiApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Shows the prices of a ticker-server."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("url"), QStringLiteral("Where the server is."),
                       QStringLiteral("url"), QStringLiteral("ws://127.0.0.1:8080") });
    parser.addOption({ QStringLiteral("quit-after-prices"),
                       QStringLiteral("End once this many prices arrived."),
                       QStringLiteral("number"), QStringLiteral("0") });
    parser.addOption({ QStringLiteral("screenshot"),
                       QStringLiteral("Save a picture of the window then."),
                       QStringLiteral("file") });
    parser.process(app);

    bool pricesAreValid = false;
    const int prices = parser.value(QStringLiteral("quit-after-prices")).toInt(&pricesAreValid);
    if (!pricesAreValid || prices < 0) {
        QTextStream(stderr) << "--quit-after-prices takes 0 or a positive number.\n";
        return 2;
    }

    TickerModel ticker(QUrl(parser.value(QStringLiteral("url"))));
    QQmlApplicationEngine engine;
    engine.setInitialProperties({ { QStringLiteral("ticker"), QVariant::fromValue(&ticker) } });
    engine.load(QUrl(QStringLiteral("qrc:/Main.qml")));
    if (engine.rootObjects().isEmpty())
        return 1;

    if (prices > 0) {
        auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
        new Screenshot(window, &ticker, prices, parser.value(QStringLiteral("screenshot")));
    }
    return app.exec();
}
