// A server that accepts WebSocket connections.
#pragma once

#include "qwebsocketprotocol.h"
#include "qwebsockets_global.h"
#include "qwebsocketsslalerts.h"

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QUrl>
#include <QtNetwork/QAbstractSocket>
#include <QtNetwork/QHostAddress>
#ifndef QT_NO_NETWORKPROXY
#  include <QtNetwork/QNetworkProxy>
#endif
#ifndef QT_NO_SSL
#  include <QtNetwork/QSslConfiguration>
#  include <QtNetwork/QSslError>
#endif

#include <chrono>
#include <memory>

namespace Wirebird {
class WebSocketServerPrivate;
template <typename Object>
class TlsEmitterOf;
}

QT_BEGIN_NAMESPACE

class QSslPreSharedKeyAuthenticator;
class QSslSocket;
class QTcpSocket;
class QWebSocket;
class QWebSocketCorsAuthenticator;

/// A server. Sockets that nextPendingConnection() returned belong to the caller.
class Q_WEBSOCKETS_EXPORT QWebSocketServer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY(QWebSocketServer)

public:
    enum SslMode {
#ifndef QT_NO_SSL
        SecureMode = 0,
#endif
        NonSecureMode = 1
    };
    Q_ENUM(SslMode)

    explicit QWebSocketServer(const QString &serverName, SslMode secureMode,
                              QObject *parent = nullptr);
    ~QWebSocketServer() override;

    bool listen(const QHostAddress &address = QHostAddress::Any, quint16 port = 0);
    void close();

    bool isListening() const;

    void setMaxPendingConnections(int numConnections);
    int maxPendingConnections() const;

    void setHandshakeTimeout(std::chrono::milliseconds msec);
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(int msec);
    int handshakeTimeoutMS() const;

    quint16 serverPort() const;
    QHostAddress serverAddress() const;
    QUrl serverUrl() const;

    SslMode secureMode() const;

#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    bool setSocketDescriptor(qintptr socketDescriptor);
    qintptr socketDescriptor() const;
#else
    bool setSocketDescriptor(int socketDescriptor);
    int socketDescriptor() const;
#endif
    bool setNativeDescriptor(qintptr descriptor);
    qintptr nativeDescriptor() const;

    bool hasPendingConnections() const;
    virtual QWebSocket *nextPendingConnection();

    QWebSocketProtocol::CloseCode error() const;
    QString errorString() const;

    void pauseAccepting();
    void resumeAccepting();

    void setServerName(const QString &serverName);
    QString serverName() const;

    void setSupportedSubprotocols(const QStringList &protocols);
    QStringList supportedSubprotocols() const;

#ifndef QT_NO_NETWORKPROXY
    void setProxy(const QNetworkProxy &networkProxy);
    QNetworkProxy proxy() const;
#endif
#ifndef QT_NO_SSL
    void setSslConfiguration(const QSslConfiguration &sslConfiguration);
    QSslConfiguration sslConfiguration() const;
#endif

    QList<QWebSocketProtocol::Version> supportedVersions() const;

    void handleConnection(QTcpSocket *socket) const;

Q_SIGNALS:
    void acceptError(QAbstractSocket::SocketError socketError);
    void serverError(QWebSocketProtocol::CloseCode closeCode);
    void originAuthenticationRequired(QWebSocketCorsAuthenticator *pAuthenticator);
    void newConnection();
#ifndef QT_NO_SSL
    void peerVerifyError(const QSslError &error);
    void sslErrors(const QList<QSslError> &errors);
    void sslErrorsOccurred(QSslSocket *socket, const QList<QSslError> &errors);
    void preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator *authenticator);
    void alertSent(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description);
    void alertReceived(QSsl::AlertLevel level, QSsl::AlertType type, const QString &description);
    void handshakeInterruptedOnError(const QSslError &error);
#endif
    void closed();

protected:
    bool event(QEvent *event) override;
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class Wirebird::TlsEmitterOf<QWebSocketServer>;
    std::unique_ptr<Wirebird::WebSocketServerPrivate> d;
};

QT_END_NAMESPACE
