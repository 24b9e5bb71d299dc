// What a WebSocket knows and does: its state, and the way from the engine's
// events to signals.
//
// Everything runs on the object's thread but the wants, which follow
// connections of signals that any thread may make. Whatever emits is a step of
// m_steps, so the slots may delete, move, close or open the object.
#pragma once

#include "eventsink.h"
#include "handle.h"
#include "steps.h"

#include <wirebird/websocket.h>

#include <atomic>
#include <mutex>

namespace Wirebird {

class WebSocketPrivate final : public EventSink
{
public:
    /// Qt's maximum for sizes, its default for incoming ones too.
    static constexpr quint64 largestSize = 2147483646;
    static constexpr quint64 defaultFrameSize = 512 * 1024;

    WebSocketPrivate(WebSocket *q, const QString &origin, WebSocketProtocol::Version version);
    ~WebSocketPrivate();

    static WebSocketPrivate *of(WebSocket *socket) { return socket->d.get(); }

    // websocketopening.cpp: from open() or the server's accept to Connected.
    void open(const QNetworkRequest &request, const WebSocketHandshakeOptions &options);
    bool accept(ConnectionHandle &connection, wirebird_accept_options_t *options);
    void hold();
    void unhold();

    // websocketclosing.cpp: from close(), abort(), the peer or an accident to
    // Unconnected.
    void close(WebSocketProtocol::CloseCode code, const QString &reason);
    void abort();
    void destroy();

    // websocketevents.cpp: events, threads, wants.
    void handle(const wirebird_event_t &event) override;
    void leaveThread();
    void signalConnected(const QMetaMethod &signal);
    void signalDisconnected(const QMetaMethod &signal);
    bool isStreaming() const;
    void setStreaming(bool streaming);

    // websocket.cpp
    void set(quint32 option, quint64 value);
    qint64 sendFrame(quint32 payload, const void *data, qsizetype length, bool isLastFrame);
    wirebird_connection_options_t connectionOptions(bool isClient);
    void addresses(wirebird_address_t *local, wirebird_address_t *peer) const;

    WebSocket *const q;
    ConnectionHandle connection;
    Steps steps;

    QAbstractSocket::SocketState state = QAbstractSocket::UnconnectedState;
    QAbstractSocket::SocketError error = QAbstractSocket::UnknownSocketError;
    QString errorString;
    WebSocketProtocol::CloseCode closeCode = WebSocketProtocol::CloseCodeNormal;
    QString closeReason;

    QString origin;
    const WebSocketProtocol::Version version;
    QNetworkRequest request;
    WebSocketHandshakeOptions handshakeOptions;
    QString resourceName;
    QString peerName;
    QString subprotocol;

    QAbstractSocket::PauseModes pauseMode = QAbstractSocket::PauseNever;
    qint64 readBufferSize = 0;
    quint64 maxFrameSize = largestSize;
    quint64 maxMessageSize = largestSize;
    quint64 outgoingFrameSize = defaultFrameSize;

private:
    /// How a connection ended.
    struct End
    {
        wirebird_status_t status;
        quint16 closeCode;
        quint64 value;
        QString reason;
        QString message;
    };

    /// Who began to close.
    enum class ClosedBy { Nobody, Us, Peer, Failure };

    Steps::Step changeState(QAbstractSocket::SocketState state);
    Steps::Step announceClosing();
    template <void (WebSocket::*Signal)()>
    Steps::Step emitSignal()
    {
        return [this] { Q_EMIT(q->*Signal)(); };
    }
    void insertError(QAbstractSocket::SocketError error, const QString &text);
    void insertEnd(std::initializer_list<Steps::Step> before);

    void doOpen(const QNetworkRequest &request, const WebSocketHandshakeOptions &options);
    void doClose(quint16 code, const QByteArray &reason);
    void doAbort();
    void opened();
    void closing(ClosedBy by, quint16 code, const QString &reason);
    void closed(const End &end);
    void failedToOpen(const End &end);

    bool isFrameToo(const wirebird_event_t &event) const;
    void textMessage(const wirebird_event_t &event);
    void binaryMessage(const wirebird_event_t &event);
    void emitPong(const wirebird_event_t &event);
    void now(Steps::Step step);
    void arrive();
    void shrinkWants();

    ClosedBy m_closedBy = ClosedBy::Nobody;
    bool m_saidAboutToClose = false;
    bool m_isBeingDestroyed = false;
    /// The server keeps it until the application fetches it.
    bool m_isHeld = false;

    std::mutex m_wantsMutex;
    std::atomic<quint32> m_wants{0};
    std::atomic<bool> m_wantsMayShrink{false};
};

} // namespace Wirebird
