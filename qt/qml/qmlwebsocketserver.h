// The QML type WebSocketServer of the module Wirebird.
#pragma once

#include "qmlclientmodel.h"
#include "serverlogic.h"

#include <wirebird/websocketserver.h>

namespace Wirebird {

/// Qt's QML type WebSocketServer with more of what WebSocketServer can do.
class QmlWebSocketServer : public QObject,
                           public QQmlParserStatus,
                           public QmlServerLogic<QmlWebSocketServer, WebSocketServer>
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    // Qt's.
    Q_PROPERTY(QUrl url READ url NOTIFY urlChanged)
    Q_PROPERTY(QString host READ host WRITE setHost NOTIFY hostChanged)
    Q_PROPERTY(int port READ port WRITE setPort NOTIFY portChanged)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
    Q_PROPERTY(QStringList supportedSubprotocols READ supportedSubprotocols
                   WRITE setSupportedSubprotocols NOTIFY supportedSubprotocolsChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(bool listen READ listen WRITE setListen NOTIFY listenChanged)
    Q_PROPERTY(bool accept READ accept WRITE setAccept NOTIFY acceptChanged)
    // More.
    Q_PROPERTY(Wirebird::QmlClientModel *clients READ clients CONSTANT)
    Q_PROPERTY(QStringList allowedOrigins READ allowedOrigins WRITE setAllowedOrigins
                   NOTIFY allowedOriginsChanged)
    Q_PROPERTY(Wirebird::QmlCompression *compression READ compression CONSTANT)
    Q_PROPERTY(Wirebird::QmlHeartbeat *heartbeat READ heartbeat CONSTANT)
    Q_PROPERTY(Wirebird::QmlLimits *limits READ limits CONSTANT)
    Q_PROPERTY(Wirebird::QmlServerLimits *serverLimits READ serverLimits CONSTANT)
    Q_PROPERTY(bool secure READ isSecure WRITE setSecure NOTIFY secureChanged)
    Q_PROPERTY(Wirebird::QmlTls *tls READ tls CONSTANT)
    QML_NAMED_ELEMENT(WebSocketServer)

public:
    explicit QmlWebSocketServer(QObject *parent = nullptr);
    ~QmlWebSocketServer() override;

    QmlClientModel *clients() { return &m_clients; }
    QStringList allowedOrigins() const { return m_allowedOrigins; }
    void setAllowedOrigins(const QStringList &origins);
    QmlCompression *compression() { return &m_compression; }
    QmlHeartbeat *heartbeat() { return &m_heartbeat; }
    QmlLimits *limits() { return &m_limits; }
    QmlServerLimits *serverLimits() { return &m_serverLimits; }
    bool isSecure() const { return m_isSecure; }
    void setSecure(bool secure);
    QmlTls *tls() { return &m_tls; }

    Q_INVOKABLE int broadcastText(const QString &message);
    Q_INVOKABLE int broadcastBinary(const QByteArray &message);
    Q_INVOKABLE int broadcastJson(const QJSValue &value);

    void classBegin() override { }
    void componentComplete() override;

Q_SIGNALS:
    void clientConnected(Wirebird::QmlWebSocket *webSocket);
    void clientDisconnected(Wirebird::QmlWebSocket *webSocket);
    void errorStringChanged(const QString &errorString);
    void urlChanged(const QUrl &url);
    void portChanged(int port);
    void nameChanged(const QString &name);
    void hostChanged(const QString &host);
    void listenChanged(bool listen);
    void acceptChanged(bool accept);
    void supportedSubprotocolsChanged();
    void allowedOriginsChanged();
    void secureChanged();

private:
    friend class QmlServerLogic<QmlWebSocketServer, WebSocketServer>;
    QmlWebSocketServer(const WebSocketServer &defaults, QObject *parent);
    void connectServer();
    void take(WebSocket *socket);
    void drop(QmlWebSocket *socket);
    QList<WebSocket *> openSockets() const;
    void applyOptions();
    void applyTls();

    QStringList m_allowedOrigins;
    QmlCompression m_compression;
    QmlHeartbeat m_heartbeat;
    QmlLimits m_limits;
    QmlServerLimits m_serverLimits{nullptr};
    QmlTls m_tls{nullptr};
    bool m_isSecure = false;
    QmlClientModel m_clients{nullptr};
};

} // namespace Wirebird
