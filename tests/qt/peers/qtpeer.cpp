// A peer made of Qt's own WebSockets module, in a process of its own.
//
//   wirebird_test_qtpeer server FRAMESIZE       prints its port
//   wirebird_test_qtpeer client URL FRAMESIZE
//
// Either way it sends back what it receives, in frames of FRAMESIZE bytes (0:
// Qt's default), but "close CODE REASON" makes it close; at the end it prints
// the code and reason that it saw.
#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

#include <cstdio>

static void say(const QByteArray &line)
{
    std::puts(line.constData());
    std::fflush(stdout);
}

static void echo(QWebSocket *socket, quint64 frameSize)
{
    if (frameSize)
        socket->setOutgoingFrameSize(frameSize);
    QObject::connect(socket, &QWebSocket::textMessageReceived, [=](const QString &text) {
        const QStringList words = text.split(QLatin1Char(' '));
        if (words.first() == QLatin1String("close"))
            socket->close(QWebSocketProtocol::CloseCode(words.value(1).toInt()),
                          QStringList(words.mid(2)).join(QLatin1Char(' ')));
        else
            socket->sendTextMessage(text);
    });
    QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket,
                     &QWebSocket::sendBinaryMessage);
    QObject::connect(socket, &QWebSocket::disconnected, [=] {
        say("closed " + QByteArray::number(int(socket->closeCode())) + ' '
            + socket->closeReason().toUtf8());
    });
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.value(1) == QLatin1String("client")) {
        QWebSocket socket;
        echo(&socket, arguments.value(3).toULongLong());
        socket.open(QUrl(arguments.value(2)));
        return app.exec();
    }
    QWebSocketServer server(QStringLiteral("qt"), QWebSocketServer::NonSecureMode);
    const quint64 frameSize = arguments.value(2).toULongLong();
    QObject::connect(&server, &QWebSocketServer::newConnection,
                     [&] { echo(server.nextPendingConnection(), frameSize); });
    if (!server.listen(QHostAddress::LocalHost))
        return 1;
    say(QByteArray::number(server.serverPort()));
    return app.exec();
}
