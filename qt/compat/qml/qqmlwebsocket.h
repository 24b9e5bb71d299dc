// The QML type WebSocket.
#pragma once

#include "revisions.h"
#include "socketlogic.h"

#include <QtWebSockets/QWebSocket>

#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

QT_BEGIN_NAMESPACE

class QQmlWebSocket : public QObject,
                      public QQmlParserStatus,
                      public Wirebird::QmlSocketLogic<QQmlWebSocket, QWebSocket>
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(QStringList requestedSubprotocols READ requestedSubprotocols
                   WRITE setRequestedSubprotocols NOTIFY requestedSubprotocolsChanged)
    Q_PROPERTY(QString negotiatedSubprotocol READ negotiatedSubprotocol
                   NOTIFY negotiatedSubprotocolChanged)
    Q_PROPERTY(Status status READ status NOTIFY statusChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    QML_NAMED_ELEMENT(WebSocket)
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    QML_ADDED_IN_VERSION(1, 0)
#endif

public:
    enum Status { Connecting = 0, Open = 1, Closing = 2, Closed = 3, Error = 4 };
    Q_ENUM(Status)

    explicit QQmlWebSocket(QObject *parent = nullptr);
    /// Takes over a connection that a server accepted.
    QQmlWebSocket(QWebSocket *socket, QObject *parent);

    Status status() const { return Status(m_status); }

    Q_INVOKABLE qint64 sendTextMessage(const QString &message);
    Q_INVOKABLE WIREBIRD_SINCE_1_1 qint64 sendBinaryMessage(const QByteArray &message);
    Q_INVOKABLE WIREBIRD_SINCE_6_10 void ping(const QByteArray &payload = QByteArray());

    void classBegin() override { }
    void componentComplete() override;

Q_SIGNALS:
    void textMessageReceived(const QString &message);
    WIREBIRD_SINCE_1_1 void binaryMessageReceived(const QByteArray &message);
    WIREBIRD_SINCE_6_10 void pong(quint64 elapsedTime, const QByteArray &payload);
    void statusChanged(QQmlWebSocket::Status status);
    void activeChanged(bool isActive);
    void errorStringChanged(const QString &errorString);
    void urlChanged();
    void requestedSubprotocolsChanged();
    void negotiatedSubprotocolChanged();

private:
    friend class Wirebird::QmlSocketLogic<QQmlWebSocket, QWebSocket>;
    static constexpr bool keepsRefusals = false;
    void connectSocket() { }
    void openSocket();
};

QT_END_NAMESPACE
