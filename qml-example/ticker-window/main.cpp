// Stock ticker, a window: live prices, and a server of its own that passes them on. Nearly all of
// it is QML: `import Wirebird`.
#include "cable.h"
#include "login.h"
#include "screenshot.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QTextStream>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

int main(int argc, char *argv[])
{
    QGuiApplication app(argc, argv);

    QCommandLineParser parser;
    const auto add = [&parser](const char *name, const char *text, const char *value,
                               const char *standard = "") {
        parser.addOption({ QString::fromLatin1(name), QString::fromLatin1(text),
                           QString::fromLatin1(value), QString::fromLatin1(standard) });
    };
    parser.setApplicationDescription(QStringLiteral("Shows the prices of a ticker-server."));
    parser.addHelpOption();
    add("url", "Where the server is.", "url", "ws://127.0.0.1:8080");
    add("user", "Who logs in, where the server wants it, with the password in TICKER_PASSWORD.",
        "name");
    add("page", "The page to begin with: ticker or server.", "page", "ticker");
    add("theme", "system, light or dark.", "theme", "system");
    add("visitors", "Clients of its own that the window's server begins with.", "number", "0");
    add("quit-after-prices", "End once this many prices arrived.", "number", "0");
    add("quit-after-ms", "End after this time.", "ms", "0");
    add("screenshot", "Save a picture of the window then.", "file");
    add("size", "The window's size.", "width x height", "980x640");
    parser.process(app);

    bool areValid = true;
    const auto number = [&](const QString &text) {
        bool isValid = false;
        const int value = text.toInt(&isValid);
        areValid = areValid && isValid && value >= 0;
        return value;
    };
    const int prices = number(parser.value(QStringLiteral("quit-after-prices")));
    const int time = number(parser.value(QStringLiteral("quit-after-ms")));
    const int visitors = number(parser.value(QStringLiteral("visitors")));
    const QStringList size = parser.value(QStringLiteral("size")).split(QLatin1Char('x'));
    const int width = number(size.value(0));
    const int height = number(size.value(1));
    if (!areValid) {
        QTextStream(stderr) << "--visitors, --quit-after-prices and --quit-after-ms take 0 or a "
                               "positive number, --size two of them: 980x640.\n";
        return 2;
    }

    Cable cable(QUrl(parser.value(QStringLiteral("url"))));
    Login login(cable.url(), parser.value(QStringLiteral("user")),
                qEnvironmentVariable("TICKER_PASSWORD"));
    QQmlApplicationEngine engine;
    engine.setInitialProperties({
        { QStringLiteral("cable"), QVariant::fromValue(&cable) },
        { QStringLiteral("login"), QVariant::fromValue(&login) },
        { QStringLiteral("page"), parser.value(QStringLiteral("page")) },
        { QStringLiteral("theme"), parser.value(QStringLiteral("theme")) },
        { QStringLiteral("visitors"), visitors },
        { QStringLiteral("width"), width },
        { QStringLiteral("height"), height },
    });
    engine.load(QUrl(QStringLiteral("qrc:/Main.qml")));
    if (engine.rootObjects().isEmpty())
        return 1;

    auto *const window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    auto *const screenshot
        = new Screenshot(window, parser.value(QStringLiteral("screenshot")));
    if (prices > 0)
        screenshot->takeAfterPrices(prices);
    if (time > 0)
        screenshot->takeAfter(std::chrono::milliseconds(time));
    return app.exec();
}
