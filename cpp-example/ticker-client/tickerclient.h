// Receives prices and prints a line for each.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTextStream>
#include <QtCore/QUrl>

#include <wirebird/websocket.h>

class TickerClient : public QObject
{
    Q_OBJECT

public:
    explicit TickerClient(QObject *parent = nullptr);

    void open(const QUrl &url);
    int count() const { return m_count; }

Q_SIGNALS:
    void failed(const QString &reason);

private:
    void show(const QString &message);

    QHash<QString, double> m_prices;
    QTextStream m_out;
    int m_count = 0;
    // The last member, destroyed first: disconnected() comes while the others still live.
    Wirebird::WebSocket m_socket;
};
