// The shared parts of the tests.
#include "support.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QMutex>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpServer>

namespace {

QMutex warningsMutex;
QStringList warnings;
QtMessageHandler nextHandler = nullptr;

void keepWarnings(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (type == QtWarningMsg || type == QtCriticalMsg) {
        QMutexLocker lock(&warningsMutex);
        warnings.append(text);
    }
    nextHandler(type, context, text);
}

QString lastText(bool isLast)
{
    return isLast ? QStringLiteral("last") : QStringLiteral("more");
}

} // namespace

bool waitFor(const std::function<bool()> &condition, int milliseconds)
{
    // Looks after every pass of the event loop, and now and then for what other threads do.
    QTimer looks;
    looks.start(10);
    const QDeadlineTimer end(milliseconds);
    while (!condition()) {
        if (end.hasExpired())
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    return true;
}

QString nameOf(QAbstractSocket::SocketState state)
{
    switch (state) {
    case QAbstractSocket::UnconnectedState:
        return "Unconnected";
    case QAbstractSocket::HostLookupState:
        return "HostLookup";
    case QAbstractSocket::ConnectingState:
        return "Connecting";
    case QAbstractSocket::ConnectedState:
        return "Connected";
    case QAbstractSocket::ClosingState:
        return "Closing";
    default:
        return QString::number(state);
    }
}

void follow(QWebSocket *socket, QStringList *log)
{
    const auto add = [log](const QString &line) { log->append(line); };
    const auto state = [socket] { return nameOf(socket->state()); };
    const auto code = [socket] {
        return QString("%1 \"%2\"").arg(socket->closeCode()).arg(socket->closeReason());
    };
    QObject::connect(socket, &QWebSocket::aboutToClose,
                     [=] { add("aboutToClose in " + state()); });
    QObject::connect(socket, &QWebSocket::connected, [=] { add("connected"); });
    QObject::connect(socket, &QWebSocket::disconnected, [=] { add("disconnected " + code()); });
    QObject::connect(socket, &QWebSocket::stateChanged,
                     [=](QAbstractSocket::SocketState changed) { add(nameOf(changed)); });
    QObject::connect(socket, &QWebSocket::readChannelFinished, [=] { add("readChannelFinished"); });
    QObject::connect(socket, &QWebSocket::textFrameReceived, [=](const QString &text, bool isLast) {
        add(QString("text frame \"%1\" %2").arg(text, lastText(isLast)));
    });
    QObject::connect(socket, &QWebSocket::binaryFrameReceived,
                     [=](const QByteArray &data, bool isLast) {
                         add(QString("binary frame %1 %2").arg(data.constData(), lastText(isLast)));
                     });
    QObject::connect(socket, &QWebSocket::textMessageReceived,
                     [=](const QString &text) { add("text \"" + text + '"'); });
    QObject::connect(socket, &QWebSocket::binaryMessageReceived,
                     [=](const QByteArray &data) { add("binary " + QString(data)); });
    QObject::connect(socket, &QWebSocket::pong, [=](quint64, const QByteArray &payload) {
        add("pong " + QString(payload));
    });
    QObject::connect(socket, errorSignal, [=](QAbstractSocket::SocketError error) {
        add(QString("error %1 in %2").arg(error).arg(state()));
    });
}

void follow(QWebSocketServer *server, QStringList *log)
{
    const auto add = [log](const QString &line) { log->append(line); };
    QObject::connect(server, &QWebSocketServer::acceptError,
                     [=](QAbstractSocket::SocketError error) {
                         add(QString("acceptError %1").arg(error));
                     });
    QObject::connect(server, &QWebSocketServer::serverError, [=](CloseCode code) {
        add(QString("serverError %1 %2").arg(code).arg(server->errorString()));
    });
    QObject::connect(server, &QWebSocketServer::originAuthenticationRequired,
                     [=](QWebSocketCorsAuthenticator *authenticator) {
                         add("origin \"" + authenticator->origin() + '"');
                     });
    QObject::connect(server, &QWebSocketServer::newConnection, [=] { add("newConnection"); });
    QObject::connect(server, &QWebSocketServer::closed, [=] { add("closed"); });
}

QStringList closeOrder(int code, const QString &reason)
{
    QStringList order("aboutToClose in Connected");
    if (!isDropIn)
        order += order;
    return order << "Closing"
                 << "Unconnected" << QString("disconnected %1 \"%2\"").arg(code).arg(reason)
                 << "readChannelFinished";
}

quint16 unusedPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

void QuietTest::init()
{
    m_allowed.clear();
    warnings.clear();
    nextHandler = qInstallMessageHandler(keepWarnings);
}

void QuietTest::cleanup()
{
    qInstallMessageHandler(nextHandler);
    QMutexLocker lock(&warningsMutex);
    QStringList unexpected;
    for (const QString &warning : std::as_const(warnings)) {
        if (!m_allowed.contains(warning))
            unexpected.append(warning);
    }
    const QString text = "unexpected warnings: " + unexpected.join(" | ");
    QVERIFY2(unexpected.isEmpty(), qPrintable(text));
}

bool Pair::open(const QString &path)
{
    if (!server.isListening()) {
        if (!server.listen(QHostAddress::LocalHost))
            return false;
        QObject::connect(&server, &QWebSocketServer::newConnection, client.get(),
                         [this] { peer.reset(server.nextPendingConnection()); });
    }
    client->open(QUrl(server.serverUrl().toString() + path));
    return waitFor([this] { return isOpen(); });
}

bool Pair::isOpen() const
{
    return peer && peer->isValid() && client->isValid();
}
