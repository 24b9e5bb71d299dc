#include "relay.h"

#include <QtNetwork/QHostAddress>
#include <QtNetwork/QTcpSocket>

#include <utility>

Relay::Relay(const QUrl &target) : m_target(target), m_server(new QTcpServer(this))
{
    connect(m_server, &QTcpServer::newConnection, this, &Relay::join);
}

quint16 Relay::listen()
{
    if (!m_server->listen(QHostAddress::LocalHost, m_port))
        return 0;
    m_port = m_server->serverPort();
    return m_port;
}

void Relay::cut()
{
    m_server->close();
    for (const QPointer<QTcpSocket> &client : std::exchange(m_clients, {})) {
        if (client)
            client->abort();
    }
}

void Relay::join()
{
    QTcpSocket *const near = m_server->nextPendingConnection();
    auto *const far = new QTcpSocket(near);
    near->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    far->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    const auto passOn = [near, far] {
        if (far->state() == QAbstractSocket::ConnectedState)
            far->write(near->readAll());
    };
    connect(near, &QTcpSocket::readyRead, far, passOn);
    connect(far, &QTcpSocket::connected, near, passOn);
    connect(far, &QTcpSocket::connected, this, [this] { emit reached(QString()); });
    connect(far, &QTcpSocket::errorOccurred, this,
            [this, far] { emit reached(far->errorString()); });
    connect(far, &QTcpSocket::readyRead, near, [near, far] { near->write(far->readAll()); });
    connect(far, &QTcpSocket::stateChanged, near, [near](QAbstractSocket::SocketState state) {
        if (state == QAbstractSocket::UnconnectedState)
            near->disconnectFromHost();
    });
    connect(near, &QTcpSocket::disconnected, near, &QObject::deleteLater);
    far->connectToHost(m_target.host(), quint16(m_target.port(80)));
    m_clients.removeAll(nullptr);
    m_clients.append(near);
}
