// An echo server and a client of it.
#pragma once

#include <QObject>
#include <QUrl>

class QWebSocket;
QT_FORWARD_DECLARE_CLASS(QWebSocketServer)

class Echo : public QObject
{
    Q_OBJECT

public:
    explicit Echo(QObject *parent = nullptr);
    bool start();

Q_SIGNALS:
    void finished(bool isRight);

private Q_SLOTS:
    void greet();
    void accept();
    void answer(const QString &message);
    void compare(const QString &message);

private:
    QWebSocketServer *m_server;
    QWebSocket *m_client;
};
