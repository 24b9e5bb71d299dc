// The server for Qt's classes and for ours: one source, so that both do the same.
#pragma once

#include "meter.h"
#include "options.h"
#include "stop.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QList>
#include <QtCore/QSocketNotifier>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>

#include <type_traits>

namespace Bench {

template <typename Socket, typename = void>
struct Broadcast
{
    static void text(const QList<Socket *> &sockets, const QString &message)
    {
        for (Socket *const socket : sockets)
            socket->sendTextMessage(message);
    }
    static constexpr const char *how = "one sendTextMessage() each";
};

/// One call for all, where the class has it.
template <typename Socket>
struct Broadcast<Socket,
                 std::void_t<decltype(Socket::broadcastTextMessage(QList<Socket *>(), QString()))>>
{
    static void text(const QList<Socket *> &sockets, const QString &message)
    {
        Socket::broadcastTextMessage(sockets, message);
    }
    static constexpr const char *how = "broadcastTextMessage()";
};

template <typename Server>
class QtServer
{
public:
    using Socket = std::remove_pointer_t<decltype(std::declval<Server>().nextPendingConnection())>;

    explicit QtServer(const Options &options)
        : m_options(options)
        , m_server(QStringLiteral("echo"),
                   options.certificate ? Server::SecureMode : Server::NonSecureMode)
    {
        if (options.certificate)
            m_server.setSslConfiguration(tls());
        m_server.setMaxPendingConnections(20000);
        QObject::connect(&m_server, &Server::newConnection, &m_server, [this] {
            while (auto *socket = m_server.nextPendingConnection())
                serve(socket);
        });
    }

    Server &server() { return m_server; }
    const Meter &meter() const { return m_meter; }

private:
    QSslConfiguration tls() const
    {
        QFile keyFile(QString::fromLocal8Bit(m_options.key));
        if (!keyFile.open(QIODevice::ReadOnly))
            fail("key", qPrintable(keyFile.errorString()));
        auto tls = QSslConfiguration::defaultConfiguration();
        tls.setPeerVerifyMode(QSslSocket::VerifyNone);
        tls.setLocalCertificateChain(
            QSslCertificate::fromPath(QString::fromLocal8Bit(m_options.certificate)));
        tls.setPrivateKey(QSslKey(&keyFile, QSsl::Ec));
        return tls;
    }

    void serve(Socket *socket)
    {
        socket->setParent(&m_server);
        if (m_options.mode == Mode::Handshakes)
            m_meter.count(0);
        if (m_options.mode == Mode::Broadcast)
            m_sockets.append(socket);
        QObject::connect(socket, &Socket::textMessageReceived, socket,
                         [this, socket](const QString &message) { text(socket, message); });
        QObject::connect(socket, &Socket::binaryMessageReceived, socket,
                         [this, socket](const QByteArray &message) {
                             m_meter.count(std::size_t(message.size()));
                             if (m_options.mode == Mode::Echo)
                                 socket->sendBinaryMessage(message);
                         });
        QObject::connect(socket, &Socket::disconnected, socket, [this, socket] {
            if (m_options.mode == Mode::Broadcast)
                m_sockets.removeOne(socket);
            socket->deleteLater();
        });
    }

    void text(Socket *socket, const QString &message)
    {
        if (m_options.mode == Mode::Broadcast) {
            Broadcast<Socket>::text(m_sockets, message);
            m_meter.countMany(std::uint64_t(m_sockets.size()), std::size_t(message.size()));
            return;
        }
        m_meter.count(std::size_t(message.size()));
        if (m_options.mode == Mode::Echo)
            socket->sendTextMessage(message);
    }

    const Options m_options;
    Meter m_meter;
    QList<Socket *> m_sockets;
    Server m_server; ///< The last: its sockets say that they are closed when it goes.
};

template <typename Server>
int runQtServer(int argc, char **argv, const QByteArray &library,
                void (*configure)(Server &server, const Options &options))
{
    const Options options = parseOptions(argc, argv);
    const int stop = stopDescriptor();
    QCoreApplication app(argc, argv);
    QtServer<Server> server(options);
    configure(server.server(), options);
    if (!server.server().listen(QHostAddress::LocalHost))
        fail("listening", qPrintable(server.server().errorString()));

    QSocketNotifier notifier(stop, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &app, &QCoreApplication::quit);
    announce(server.server().serverPort());
    QCoreApplication::exec();
    QCoreApplication::processEvents(); // what has arrived already is counted
    QByteArray what = library;
    if (options.mode == Mode::Broadcast)
        what.append(", ").append(Broadcast<typename QtServer<Server>::Socket>::how);
    if (options.certificate)
        what.append(", TLS");
    server.meter().report(what.constData());
    return 0;
}

} // namespace Bench
