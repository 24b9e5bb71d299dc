// The smallest client: sends texts, and prints what comes back.
//
//     echo-client URL TEXT...
#include <wirebird/websocket.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>
#include <QtCore/QUrl>

using Wirebird::WebSocket;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QString url = app.arguments().value(1, QStringLiteral("ws://127.0.0.1:8081"));
    const QStringList texts = app.arguments().mid(2);

    WebSocket socket;
    int received = 0;
    QObject::connect(&socket, &WebSocket::connected, &app, [&] {
        for (const QString &text : texts)
            socket.sendTextMessage(text);
        if (texts.isEmpty())
            socket.close();
    });
    QObject::connect(&socket, &WebSocket::textMessageReceived, &app, [&](const QString &text) {
        QTextStream(stdout) << text << Qt::endl;
        if (++received == texts.size())
            socket.close();
    });
    // Queued: open() may report a bad URL before the event loop runs.
    QObject::connect(
        &socket, &WebSocket::errorOccurred, &app,
        [&] {
            QTextStream(stderr) << socket.errorString() << Qt::endl;
            QCoreApplication::exit(1);
        },
        Qt::QueuedConnection);
    QObject::connect(
        &socket, &WebSocket::disconnected, &app,
        [&] { QCoreApplication::exit(received == texts.size() ? 0 : 1); }, Qt::QueuedConnection);
    socket.open(QUrl(url));
    return app.exec();
}
