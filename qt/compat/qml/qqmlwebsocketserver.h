// The QML type WebSocketServer.
#pragma once

#include "qqmlwebsocket.h"

#include <QtWebSockets/QWebSocketServer>

QT_BEGIN_NAMESPACE

class QQmlWebSocketServer : public QObject, public QQmlParserStatus
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
    ~QQmlWebSocketServer() override;

    QUrl url() const;
    QString host() const { return m_host; }
    void setHost(const QString &host);
    int port() const { return m_port; }
    void setPort(int port);
    QString name() const { return m_name; }
    void setName(const QString &name);
    QStringList supportedSubprotocols() const { return m_supportedSubprotocols; }
    void setSupportedSubprotocols(const QStringList &subprotocols);
    QString errorString() const { return m_errorString; }
    bool listen() const { return m_listen; }
    void setListen(bool listen);
    bool accept() const { return m_accept; }
    void setAccept(bool accept);

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
    void makeServer();
    void updateListening();
    void takeConnections();
    void setErrorString(const QString &text);

    std::unique_ptr<QWebSocketServer> m_server;
    QString m_host = QStringLiteral("127.0.0.1");
    QString m_name;
    QStringList m_supportedSubprotocols;
    QString m_errorString;
    int m_port = 0;
    bool m_listen = false;
    bool m_accept = true;
};

QT_END_NAMESPACE
