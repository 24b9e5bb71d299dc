// Visits the examples as their users would, and fails if nothing comes of it:
//
//     visitor chat URL              two people in a chat; the second hears the first
//     visitor window FILE URL LINE… clicks into a QML document until its texts have these lines.
//                                   URL, if not empty, is where its ws:// client goes.

#include <wirebird/websocket.h>

#include <cstdio>

#ifdef WITH_QUICK
#  include <QtQuick/qquickitem.h>
#  include <QtQuick/qquickview.h>
#  include <QtTest/qtest.h>
#else
#  include <QtCore/qcoreapplication.h>
#endif

using Wirebird::WebSocket;

namespace {

int chat(const QUrl &url)
{
    WebSocket speaker;
    WebSocket listener;
    const QString words = QStringLiteral("anybody there?");
    QObject::connect(&listener, &WebSocket::connected, &speaker, [&] { speaker.open(url); });
    QObject::connect(&speaker, &WebSocket::connected, &speaker,
                     [&] { speaker.sendTextMessage(words); });
    QObject::connect(&listener, &WebSocket::textMessageReceived, &listener,
                     [&](const QString &heard) { QCoreApplication::exit(heard == words ? 0 : 1); });
    for (WebSocket *person : {&speaker, &listener}) {
        QObject::connect(person, &WebSocket::errorOccurred, person, [person] {
            std::fprintf(stderr, "%s\n", qPrintable(person->errorString()));
            QCoreApplication::exit(1);
        });
    }
    listener.open(url);
    return QCoreApplication::exec();
}

#ifdef WITH_QUICK
/// All texts below `item`.
QString textsOf(const QQuickItem *item)
{
    QString texts = item->property("text").toString();
    for (const QQuickItem *child : item->childItems())
        texts += QLatin1Char('\n') + textsOf(child);
    return texts;
}

int window(const QString &file, const QUrl &url, const QStringList &lines)
{
    QQuickView view;
    view.setSource(QUrl::fromLocalFile(file));
    if (view.status() != QQuickView::Ready)
        return 1; // QML has printed why
    for (QObject *object : view.rootObject()->findChildren<QObject *>()) {
        if (object->metaObject()->className() != QByteArray("QQmlWebSocket"))
            continue;
        if (url.isEmpty())
            object->setProperty("active", true); // the example leaves that to its reader
        else if (object->property("url").toUrl().scheme() == QLatin1String("ws"))
            object->setProperty("url", url);
        else // that server has no TLS
            object->setProperty("url", QUrl(url.toString().replace("ws:", "wss:")));
    }
    view.show();
    const auto isThere = [&] {
        for (const QString &line : lines) {
            if (!textsOf(view.rootObject()).contains(line))
                return false;
        }
        return true;
    };
    // An example may still be connecting when it is clicked; whoever sees nothing happen
    // clicks again.
    for (int i = 0; i < 60 && !isThere(); ++i) {
        if (i == 0 || url.isEmpty())
            QTest::mouseClick(&view, Qt::LeftButton, Qt::NoModifier, QPoint(180, 180));
        (void)QTest::qWaitFor(isThere, 500);
    }
    std::puts(qPrintable(textsOf(view.rootObject())));
    return isThere() ? 0 : 1;
}
#endif

} // namespace

int main(int argc, char *argv[])
{
#ifdef WITH_QUICK
    QGuiApplication app(argc, argv);
#else
    QCoreApplication app(argc, argv);
#endif
    QStringList arguments = app.arguments().mid(1);
    const QString what = arguments.value(0);
    if (what == QLatin1String("chat"))
        return chat(QUrl(arguments.value(1)));
#ifdef WITH_QUICK
    if (what == QLatin1String("window"))
        return window(arguments.value(1), QUrl(arguments.value(2)), arguments.mid(3));
#endif
    return 2;
}
