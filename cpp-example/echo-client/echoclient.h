// Sends a text a number of times, one after the other, and measures the round trips.
#pragma once

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <wirebird/websocket.h>

class EchoClient : public QObject
{
    Q_OBJECT

public:
    EchoClient(const QString &text, int count, QObject *parent = nullptr);

    void open(const QUrl &url);

Q_SIGNALS:
    // One of the two ends it.
    void finished(double microsecondsEach);
    void failed(const QString &reason);

private:
    void compare(const QString &echo);

    QElapsedTimer m_clock;
    const QString m_text;
    const int m_count;
    int m_received = 0;
    // The last member, destroyed first: disconnected() comes while the others still live.
    Wirebird::WebSocket m_socket;
};
