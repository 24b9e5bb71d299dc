// An echo server and a client of it, connected by the names of signals.
#include "echo.h"

#include <QWebSocket>
#include <QtWebSockets/QWebSocketServer>

Echo::Echo(QObject *parent)
    : QObject(parent),
      m_server(new QWebSocketServer(QStringLiteral("echo"), QWebSocketServer::NonSecureMode, this)),
      m_client(new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this))
{
    connect(m_server, SIGNAL(newConnection()), this, SLOT(accept()));
    connect(m_client, SIGNAL(connected()), this, SLOT(greet()));
    connect(m_client, SIGNAL(textMessageReceived(QString)), this, SLOT(compare(QString)));
}

bool Echo::start()
{
    if (!m_server->listen(QHostAddress::LocalHost))
        return false;
    m_client->open(m_server->serverUrl());
    return true;
}

void Echo::accept()
{
    QWebSocket *const peer = m_server->nextPendingConnection();
    connect(peer, SIGNAL(textMessageReceived(QString)), this, SLOT(answer(QString)));
    connect(peer, SIGNAL(disconnected()), peer, SLOT(deleteLater()));
}

void Echo::greet()
{
    m_client->sendTextMessage(QStringLiteral("hello"));
}

void Echo::answer(const QString &message)
{
    qobject_cast<QWebSocket *>(sender())->sendTextMessage(message);
}

void Echo::compare(const QString &message)
{
    m_client->close();
    Q_EMIT finished(message == QLatin1String("hello"));
}
