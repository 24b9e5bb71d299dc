#include "echoclient.h"

using Wirebird::WebSocket;

EchoClient::EchoClient(const QString &text, int count, QObject *parent)
    : QObject(parent), m_text(text), m_count(count)
{
    connect(&m_socket, &WebSocket::connected, this, [this] {
        m_clock.start();
        m_socket.sendTextMessage(m_text);
    });
    connect(&m_socket, &WebSocket::textMessageReceived, this, &EchoClient::compare);
    connect(&m_socket, &WebSocket::errorOccurred, this,
            [this] { emit failed(m_socket.errorString()); });
    connect(&m_socket, &WebSocket::disconnected, this, [this] {
        if (m_received < m_count)
            emit failed(QStringLiteral("The server closed the connection."));
    });
}

void EchoClient::open(const QUrl &url)
{
    m_socket.open(url);
}

void EchoClient::compare(const QString &echo)
{
    if (echo != m_text) {
        emit failed(QStringLiteral("Something else came back: ") + echo.left(80));
    } else if (++m_received < m_count) {
        m_socket.sendTextMessage(m_text);
    } else {
        const double elapsed = double(m_clock.nsecsElapsed()) / 1000;
        m_socket.close();
        emit finished(elapsed / m_count);
    }
}
