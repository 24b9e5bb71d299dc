// The echo server for Qt's classes and for ours: one source, so that both do the same.
#pragma once

#include "meter.h"
#include "options.h"
#include "stop.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSocketNotifier>
#include <QtNetwork/QHostAddress>

namespace Bench {

template <typename Socket>
void serve(Socket *socket, Meter &meter, Mode mode)
{
    QObject::connect(socket, &Socket::textMessageReceived, socket,
                     [socket, &meter, mode](const QString &message) {
                         meter.count(std::size_t(message.size()));
                         if (mode == Mode::Echo)
                             socket->sendTextMessage(message);
                     });
    QObject::connect(socket, &Socket::binaryMessageReceived, socket,
                     [socket, &meter, mode](const QByteArray &message) {
                         meter.count(std::size_t(message.size()));
                         if (mode == Mode::Echo)
                             socket->sendBinaryMessage(message);
                     });
    QObject::connect(socket, &Socket::disconnected, socket, &QObject::deleteLater);
}

template <typename Server>
int runQtServer(int argc, char **argv, const char *library)
{
    const Options options = parseOptions(argc, argv);
    const int stop = stopDescriptor();
    QCoreApplication app(argc, argv);

    Meter meter;
    Server server(QStringLiteral("echo"), Server::NonSecureMode);
    QObject::connect(&server, &Server::newConnection, &server, [&] {
        while (auto *socket = server.nextPendingConnection()) {
            socket->setParent(&server);
            serve(socket, meter, options.mode);
        }
    });
    if (!server.listen(QHostAddress::LocalHost))
        fail("listening", qPrintable(server.errorString()));

    QSocketNotifier notifier(stop, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &app, &QCoreApplication::quit);
    announce(server.serverPort());
    QCoreApplication::exec();
    QCoreApplication::processEvents(); // what has arrived already is counted
    meter.report(library);
    return 0;
}

} // namespace Bench
