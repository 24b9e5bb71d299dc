// A server that accepts WebSocket connections.
#pragma once

#include <wirebird/corsauthenticator.h>
#include <wirebird/global.h>
#include <wirebird/websocketprotocol.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qhostaddress.h>

#include <chrono>
#include <memory>

namespace Wirebird {

class WebSocket;
class WebSocketServerPrivate;

/// A server with the interface of Qt WebSockets. The sockets that
/// nextPendingConnection() returns belong to the caller.
class WIREBIRD_QT_EXPORT WebSocketServer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY(WebSocketServer)

public:
    enum SslMode { SecureMode = 0, NonSecureMode };
    Q_ENUM(SslMode)

    explicit WebSocketServer(const QString &serverName, SslMode secureMode,
                             QObject *parent = nullptr);
    ~WebSocketServer() override;

    bool listen(const QHostAddress &address = QHostAddress::Any, quint16 port = 0);
    void close();
    bool isListening() const;

    void setMaxPendingConnections(int numConnections);
    int maxPendingConnections() const;

    void setHandshakeTimeout(std::chrono::milliseconds msec);
    void setHandshakeTimeout(int msec);
    std::chrono::milliseconds handshakeTimeout() const;
    int handshakeTimeoutMS() const;

    quint16 serverPort() const;
    QHostAddress serverAddress() const;
    QUrl serverUrl() const;
    SslMode secureMode() const;

    bool setSocketDescriptor(qintptr socketDescriptor);
    qintptr socketDescriptor() const;

    bool hasPendingConnections() const;
    virtual WebSocket *nextPendingConnection();

    WebSocketProtocol::CloseCode error() const;
    QString errorString() const;

    void pauseAccepting();
    void resumeAccepting();

    void setServerName(const QString &serverName);
    QString serverName() const;

    void setSupportedSubprotocols(const QStringList &protocols);
    QStringList supportedSubprotocols() const;

    QList<WebSocketProtocol::Version> supportedVersions() const;

Q_SIGNALS:
    void acceptError(QAbstractSocket::SocketError socketError);
    void serverError(Wirebird::WebSocketProtocol::CloseCode closeCode);
    void originAuthenticationRequired(Wirebird::WebSocketCorsAuthenticator *authenticator);
    void newConnection();
    void closed();

protected:
    bool event(QEvent *event) override;

private:
    std::unique_ptr<WebSocketServerPrivate> d;
};

} // namespace Wirebird
