// Logs in, subscribes, and prints a line for each price that changes. Comes back when the server
// was away, and logs in again where its sessions are gone.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTextStream>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkAccessManager>

#include <wirebird/websocket.h>

class TickerClient : public QObject
{
    Q_OBJECT

public:
    TickerClient(const QUrl &url, const QString &user, const QString &password,
                 const QStringList &symbols, QObject *parent = nullptr);

    void start();
    int count() const { return m_count; }

Q_SIGNALS:
    // There is no use in trying again.
    void failed(const QString &reason);

private:
    void logIn();
    void loggedIn(QNetworkReply *reply);
    void read(const QString &message);
    void print(const QString &symbol, double price);

    const QUrl m_url;
    const QString m_user;
    const QString m_password;
    const QStringList m_symbols;
    QHash<QString, double> m_prices;
    QTextStream m_out;
    int m_count = 0;
    bool m_wasThere = false;
    QNetworkAccessManager m_http;
    // The last member, destroyed first: disconnected() comes while the others still live.
    Wirebird::WebSocket m_socket;
};
