// A client that receives messages, for Qt's classes and for ours: one source for both.
#pragma once

#include "meter.h"
#include "options.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QUrl>

namespace Bench {

/// Receives from 127.0.0.1:PORT, the program's only argument, until the server closes.
template <typename Socket>
int runDownload(int argc, char **argv, const QByteArray &library)
{
    QCoreApplication app(argc, argv);
    if (argc != 2)
        fail("usage", "download PORT");
    Meter meter;
    Socket socket;
    socket.setMaxAllowedIncomingFrameSize(Socket::maxIncomingFrameSize());
    socket.setMaxAllowedIncomingMessageSize(Socket::maxIncomingMessageSize());
    QObject::connect(&socket, &Socket::connected, [&] { meter.begin(); });
    QObject::connect(&socket, &Socket::textMessageReceived,
                     [&](const QString &message) { meter.count(std::size_t(message.size())); });
    QObject::connect(&socket, &Socket::binaryMessageReceived,
                     [&](const QByteArray &message) { meter.count(std::size_t(message.size())); });
    QObject::connect(&socket, &Socket::disconnected, &app, [&] { QCoreApplication::quit(); });
    socket.open(QUrl(QStringLiteral("ws://127.0.0.1:") + QString::fromLocal8Bit(argv[1])));
    QCoreApplication::exec();
    meter.report(library.constData());
    return 0;
}

} // namespace Bench
