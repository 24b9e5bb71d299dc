// The QML type WebSocket of the module Wirebird.
#pragma once

#include "qmloptions.h"
#include "qmltls.h"
#include "socketlogic.h"

#include <wirebird/websocket.h>

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace Wirebird {

/// Qt's QML type WebSocket with more of what WebSocket can do.
class QmlWebSocket : public QObject,
                     public QQmlParserStatus,
                     public QmlSocketLogic<QmlWebSocket, WebSocket>
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    // Qt's.
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(QStringList requestedSubprotocols READ requestedSubprotocols
                   WRITE setRequestedSubprotocols NOTIFY requestedSubprotocolsChanged)
    Q_PROPERTY(QString negotiatedSubprotocol READ negotiatedSubprotocol
                   NOTIFY negotiatedSubprotocolChanged)
    Q_PROPERTY(Status status READ status NOTIFY statusChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    // The opening handshake.
    Q_PROPERTY(QVariantMap requestHeaders READ requestHeaders WRITE setRequestHeaders
                   NOTIFY requestHeadersChanged)
    Q_PROPERTY(QString origin READ origin WRITE setOrigin NOTIFY originChanged)
    Q_PROPERTY(QString extensions READ extensions NOTIFY extensionsChanged)
    Q_PROPERTY(int responseStatus READ responseStatus NOTIFY statusChanged)
    // The connection.
    Q_PROPERTY(int closeCode READ closeCode NOTIFY closeCodeChanged)
    Q_PROPERTY(QString closeReason READ closeReason NOTIFY closeReasonChanged)
    Q_PROPERTY(QString peerAddress READ peerAddress NOTIFY statusChanged)
    Q_PROPERTY(int peerPort READ peerPort NOTIFY statusChanged)
    Q_PROPERTY(bool reconnecting READ isReconnecting NOTIFY reconnectingChanged)
    Q_PROPERTY(int reconnectAttempt READ reconnectAttempt NOTIFY reconnectingChanged)
    // Figures; numbers of JavaScript, which tools know in every version of Qt.
    Q_PROPERTY(double roundTripTime READ roundTripTime NOTIFY roundTripTimeChanged)
    Q_PROPERTY(double bytesToWrite READ bytesToWrite NOTIFY figuresChanged)
    Q_PROPERTY(double bytesSent READ bytesSent NOTIFY figuresChanged)
    Q_PROPERTY(double bytesReceived READ bytesReceived NOTIFY figuresChanged)
    Q_PROPERTY(double messagesSent READ messagesSent NOTIFY figuresChanged)
    Q_PROPERTY(double messagesReceived READ messagesReceived NOTIFY figuresChanged)
    Q_PROPERTY(int updateInterval READ updateInterval WRITE setUpdateInterval
                   NOTIFY updateIntervalChanged)
    // Options.
    Q_PROPERTY(Wirebird::QmlCompression *compression READ compression CONSTANT)
    Q_PROPERTY(Wirebird::QmlHeartbeat *heartbeat READ heartbeat CONSTANT)
    Q_PROPERTY(Wirebird::QmlLimits *limits READ limits CONSTANT)
    Q_PROPERTY(Wirebird::QmlReconnect *reconnect READ reconnect CONSTANT)
    Q_PROPERTY(Wirebird::QmlTls *tls READ tls CONSTANT)
    Q_PROPERTY(QString proxy READ proxy WRITE setProxy NOTIFY proxyChanged)
    QML_NAMED_ELEMENT(WebSocket)

public:
    enum Status { Connecting = 0, Open = 1, Closing = 2, Closed = 3, Error = 4 };
    Q_ENUM(Status)

    explicit QmlWebSocket(QObject *parent = nullptr);
    /// Takes over a connection that a server accepted.
    QmlWebSocket(WebSocket *socket, QJSEngine *engine, QObject *parent);

    Status status() const { return Status(m_status); }
    QVariantMap requestHeaders() const { return m_requestHeaders; }
    void setRequestHeaders(const QVariantMap &headers);
    QString origin() const { return m_origin; }
    void setOrigin(const QString &origin);
    QString extensions() const;
    int responseStatus() const;
    int closeCode() const;
    QString closeReason() const;
    QString peerAddress() const;
    int peerPort() const;
    bool isReconnecting() const;
    int reconnectAttempt() const;

    double roundTripTime() const { return m_roundTripTime; }
    double bytesToWrite() const;
    double bytesSent() const;
    double bytesReceived() const;
    double messagesSent() const;
    double messagesReceived() const;
    int updateInterval() const { return m_figures.interval(); }
    void setUpdateInterval(int interval);

    QmlCompression *compression() { return &m_compression; }
    QmlHeartbeat *heartbeat() { return &m_heartbeat; }
    QmlLimits *limits() { return &m_limits; }
    QmlReconnect *reconnect() { return &m_reconnect; }
    QmlTls *tls() { return &m_tls; }
    QString proxy() const { return m_proxy; }
    void setProxy(const QString &proxy);
    WebSocket *webSocket() const { return socket(); }

    Q_INVOKABLE qint64 sendTextMessage(const QString &message);
    Q_INVOKABLE qint64 sendBinaryMessage(const QByteArray &message);
    Q_INVOKABLE qint64 sendJson(const QJSValue &value);
    Q_INVOKABLE void ping(const QByteArray &payload = QByteArray());
    Q_INVOKABLE void open();
    Q_INVOKABLE void close(int code = 1000, const QString &reason = QString());
    Q_INVOKABLE void abort();
    Q_INVOKABLE void reconnectNow();

    void classBegin() override { }
    void componentComplete() override;

Q_SIGNALS:
    void textMessageReceived(const QString &message);
    void binaryMessageReceived(const QByteArray &message);
    void jsonMessageReceived(const QJSValue &value);
    void jsonErrorOccurred(const QString &errorString, const QString &message);
    void pong(quint64 elapsedTime, const QByteArray &payload);
    void statusChanged(Wirebird::QmlWebSocket::Status status);
    void activeChanged(bool isActive);
    void errorStringChanged(const QString &errorString);
    void urlChanged();
    void requestedSubprotocolsChanged();
    void negotiatedSubprotocolChanged();
    void requestHeadersChanged();
    void originChanged();
    void extensionsChanged();
    void closeCodeChanged();
    void closeReasonChanged();
    void reconnectScheduled(int attempt, qint64 delay);
    void reconnectingChanged();
    void roundTripTimeChanged();
    void figuresChanged();
    void proxyChanged();
    void sslErrors(const QStringList &errors);
    void updateIntervalChanged();

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class QmlSocketLogic<QmlWebSocket, WebSocket>;
    static constexpr bool keepsRefusals = true;
    using Logic = QmlSocketLogic<QmlWebSocket, WebSocket>;
    void followOptions();
    void connectSocket();
    void openSocket();
    void applyProxy();
    void takeJson(const QString &message);
    void followRoundTrip();
    void followFigures();
    QJSEngine *engine() const;

    QVariantMap m_requestHeaders;
    QString m_origin;
    QPointer<QJSEngine> m_engine; ///< Of the server, for accepted ones.
    QJSValue m_parse; ///< JSON.parse
    QTimer m_figures;
    double m_roundTripTime = 0;
    QmlCompression m_compression;
    QmlHeartbeat m_heartbeat;
    QmlLimits m_limits;
    QmlReconnect m_reconnect{nullptr};
    QmlTls m_tls{nullptr};
    QString m_proxy;
};

} // namespace Wirebird
