// A whiteboard that several windows share: start it twice. All of it is QML: `import Wirebird`.
#include <QtCore/QCommandLineParser>
#include <QtCore/QTextStream>
#include <QtCore/QTimer>
#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

int main(int argc, char *argv[])
{
    QGuiApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Draws together with other whiteboards."));
    parser.addHelpOption();
    parser.addOption({ QStringLiteral("address"), QStringLiteral("IP address of the board."),
                       QStringLiteral("address"), QStringLiteral("127.0.0.1") });
    parser.addOption({ QStringLiteral("port"), QStringLiteral("Its port; 0: a new board."),
                       QStringLiteral("port"), QStringLiteral("8090") });
    parser.addOption({ QStringLiteral("draw"), QStringLiteral("Draws a flower by itself.") });
    parser.addOption({ QStringLiteral("screenshot"),
                       QStringLiteral("Save a picture two seconds after the first stroke, and end."),
                       QStringLiteral("file") });
    parser.process(app);
    bool portIsValid = false;
    const quint16 port = parser.value(QStringLiteral("port")).toUShort(&portIsValid);
    if (!portIsValid) {
        QTextStream(stderr) << "--port takes 0 to 65535.\n";
        return 2;
    }

    QQmlApplicationEngine engine;
    engine.setInitialProperties({
        { QStringLiteral("address"), parser.value(QStringLiteral("address")) },
        { QStringLiteral("port"), port },
        { QStringLiteral("isDrawing"), parser.isSet(QStringLiteral("draw")) },
    });
    engine.load(QUrl(QStringLiteral("qrc:/Main.qml")));
    if (engine.rootObjects().isEmpty())
        return 1;

    auto *const window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    const QString url = window->property("served").toString();
    if (!url.isEmpty())
        QTextStream(stdout) << "Board at " << url << Qt::endl;

    const QString file = parser.value(QStringLiteral("screenshot"));
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, window, [&] {
        if (window->property("strokeCount").toInt() == 0)
            return;
        look.stop();
        QTimer::singleShot(2000, window, [=] {
            QCoreApplication::exit(window->grabWindow().save(file) ? 0 : 1);
        });
    });
    if (!file.isEmpty())
        look.start(100);
    return app.exec();
}
