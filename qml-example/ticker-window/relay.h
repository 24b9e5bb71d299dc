// Passes bytes on between clients on 127.0.0.1 and a server, without looking at them.
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QUrl>
#include <QtNetwork/QTcpServer>

class QTcpSocket;

class Relay : public QObject
{
    Q_OBJECT

public:
    explicit Relay(const QUrl &target);

    // The port, the same each time; 0 on failure.
    quint16 listen();
    void cut();

Q_SIGNALS:
    // What is wrong at the far end; empty when it has been reached.
    void reached(const QString &problem);

private:
    void join();

    const QUrl m_target;
    QTcpServer *const m_server;
    QList<QPointer<QTcpSocket>> m_clients;
    quint16 m_port = 0;
};
