// The QML type WebSocketServer.
#pragma once

#include "qqmlwebsocket.h"
#include "serverlogic.h"

#include <QtWebSockets/QWebSocketServer>

QT_BEGIN_NAMESPACE

class QQmlWebSocketServer : public QObject,
                            public QQmlParserStatus,
                            public Wirebird::QmlServerLogic<QQmlWebSocketServer, QWebSocketServer>
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(QUrl url READ url NOTIFY urlChanged)
    Q_PROPERTY(QString host READ host WRITE setHost NOTIFY hostChanged)
    Q_PROPERTY(int port READ port WRITE setPort NOTIFY portChanged)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
    Q_PROPERTY(QStringList supportedSubprotocols READ supportedSubprotocols
                   WRITE setSupportedSubprotocols NOTIFY supportedSubprotocolsChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(bool listen READ listen WRITE setListen NOTIFY listenChanged)
    Q_PROPERTY(bool accept READ accept WRITE setAccept NOTIFY acceptChanged)
    QML_NAMED_ELEMENT(WebSocketServer)
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    QML_ADDED_IN_VERSION(1, 0)
#endif

public:
    explicit QQmlWebSocketServer(QObject *parent = nullptr);

    void classBegin() override { }
    void componentComplete() override;

Q_SIGNALS:
    void clientConnected(QQmlWebSocket *webSocket);
    void errorStringChanged(const QString &errorString);
    void urlChanged(const QUrl &url);
    void portChanged(int port);
    void nameChanged(const QString &name);
    void hostChanged(const QString &host);
    void listenChanged(bool listen);
    void acceptChanged(bool accept);
    void supportedSubprotocolsChanged();

private:
    friend class Wirebird::QmlServerLogic<QQmlWebSocketServer, QWebSocketServer>;
    void connectServer() { }
    bool isSecure() const { return false; }
    void take(QWebSocket *socket);
};

QT_END_NAMESPACE
