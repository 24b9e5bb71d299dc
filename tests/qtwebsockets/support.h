// What the tests share: a program that fails on unexpected warnings, a connected
// pair of sockets, and the signals of a socket or server as lines of text.
#pragma once

#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketCorsAuthenticator>
#include <QtWebSockets/QWebSocketProtocol>
#include <QtWebSockets/QWebSocketServer>

#include <QtCore/QPointer>
#include <QtCore/QStringList>
#include <QtTest/QtTest>

#include <functional>
#include <memory>

using namespace QWebSocketProtocol;

/// Whether the tests run against Wirebird's drop-in; otherwise it is Qt's own module.
#ifdef WIREBIRD_DROP_IN
constexpr bool isDropIn = true;
#else
constexpr bool isDropIn = false;
#endif

/// The oldest Qt whose interface is there: that of the module, or everything in the drop-in.
#ifdef WIREBIRD_DROP_IN
#define WEBSOCKETS_SINCE(major, minor) 1
#else
#define WEBSOCKETS_SINCE(major, minor) (QT_VERSION >= QT_VERSION_CHECK(major, minor, 0))
#endif

using SocketErrorSignal = void (QWebSocket::*)(QAbstractSocket::SocketError);
constexpr SocketErrorSignal errorSignal = &QWebSocket::error;

bool waitFor(const std::function<bool()> &condition, int milliseconds = 8000);

/// The name of a state as the logs have it: "Connecting".
QString nameOf(QAbstractSocket::SocketState state);

/// Appends to `log` what `socket` emits, bytesWritten() excepted. The log outlives the socket.
void follow(QWebSocket *socket, QStringList *log);
/// The same for a server.
void follow(QWebSocketServer *server, QStringList *log);

/// aboutToClose to readChannelFinished of a close() or a Close from the peer. Qt says
/// aboutToClose twice.
QStringList closeOrder(int code, const QString &reason = {});

/// A port of 127.0.0.1 where nobody listens.
quint16 unusedPort();

/// A test program: whatever prints a warning that was not announced fails its test.
class QuietTest : public QObject
{
    Q_OBJECT

protected:
    /// The next warnings may have this text.
    void allowWarning(const QString &text) { m_allowed.append(text); }

protected Q_SLOTS:
    void init();
    void cleanup();

private:
    QStringList m_allowed;
};

/// A server on 127.0.0.1, a client connected to it, and the server's side of it.
struct Pair
{
    QWebSocketServer server{"test", QWebSocketServer::NonSecureMode};
    std::unique_ptr<QWebSocket> client;
    std::unique_ptr<QWebSocket> peer;

    explicit Pair(const QString &origin = {}) : client(std::make_unique<QWebSocket>(origin)) {}

    /// Opens `path` of the server: "/chat?room=1".
    bool open(const QString &path = {});
    bool isOpen() const;
};
