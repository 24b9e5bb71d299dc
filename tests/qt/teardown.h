// Teardown under fire: in the slot of each signal, in each state, something is
// done to the object that emitted it. The signals that follow are the promised
// ones and no more, and another connection goes on undisturbed.
//
// For any pair of classes with this interface: whoever includes it has declared
// Socket, Server and isWirebird before. Worth most under sanitizers.
#pragma once

#include "../tsan/handover.h"

#include <QtCore/QEventLoop>
#include <QtCore/QPointer>
#include <QtCore/QRegularExpression>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpServer>
#include <QtTest/QtTest>

#include <functional>
#include <memory>
#include <mutex>

namespace Teardown {

using State = QAbstractSocket::SocketState;
using Slot = std::function<void()>;

inline const QByteArrayList deeds{"delete", "deleteLater", "abort", "close", "open",
                                  "moveToThread"};

inline bool isSoon(const std::function<bool()> &condition)
{
    return QTest::qWaitFor(condition, 10000);
}

using Worker = LoopThread;

/// Runs `function` where `object` lives.
inline void there(QObject *object, const Slot &function)
{
    if (object->thread() == QThread::currentThread())
        function();
    else
        callThere(object, function);
}

/// A letter for each signal, by any thread.
class Log
{
public:
    void add(char letter)
    {
        const std::lock_guard lock(m_mutex);
        m_letters += letter;
    }
    QByteArray letters() const
    {
        const std::lock_guard lock(m_mutex);
        return m_letters;
    }

private:
    mutable std::mutex m_mutex;
    QByteArray m_letters;
};

inline char letterOf(State state)
{
    switch (state) {
    case QAbstractSocket::ConnectingState:
        return 'C';
    case QAbstractSocket::ConnectedState:
        return 'O';
    case QAbstractSocket::ClosingState:
        return 'L';
    default:
        return 'U';
    }
}

/// States as capital letters; o, a, d, r: connected, aboutToClose, disconnected,
/// readChannelFinished; e, x: errorOccurred, error; m: what a connection carries.
inline void forEachSignal(Socket *socket,
                          const std::function<void(const QByteArray &, char)> &slot)
{
    const auto on = [=](auto signal, const char *name, char letter) {
        QObject::connect(socket, signal, socket, [=] { slot(name, letter); },
                         Qt::DirectConnection);
    };
    QObject::connect(socket, &Socket::stateChanged, socket,
                     [=](State state) { slot("stateChanged", letterOf(state)); },
                     Qt::DirectConnection);
    on(&Socket::connected, "connected", 'o');
    on(&Socket::aboutToClose, "aboutToClose", 'a');
    on(&Socket::disconnected, "disconnected", 'd');
    on(&Socket::readChannelFinished, "readChannelFinished", 'r');
    on(&Socket::errorOccurred, "errorOccurred", 'e');
    on(QOverload<QAbstractSocket::SocketError>::of(&Socket::error), "error", 'x');
    on(&Socket::textFrameReceived, "textFrameReceived", 'm');
    on(&Socket::textMessageReceived, "textMessageReceived", 'm');
    on(&Socket::binaryFrameReceived, "binaryFrameReceived", 'm');
    on(&Socket::binaryMessageReceived, "binaryMessageReceived", 'm');
    on(&Socket::pong, "pong", 'm');
    on(&Socket::bytesWritten, "bytesWritten", 'm');
}

/// Whether these signals, from the first connection's on, are in the promised
/// order; each but the last connection may have been interrupted by open().
inline bool isPromised(const QByteArray &letters, bool mayStop)
{
    static const QRegularExpression connection(
        "^C m* (?: e x U d | U d (?: e x )? |"
        " O o? m* (?: (?: e x? )? a m* L m* U d r | e x L U d r | a m* U d r ) )$",
        QRegularExpression::ExtendedPatternSyntaxOption);
    const QList<QByteArray> connections = letters.mid(1).split('C');
    for (int i = 0; i < connections.size(); ++i) {
        const auto match =
            connection.match('C' + QString::fromLatin1(connections[i]), 0,
                             QRegularExpression::PartialPreferCompleteMatch);
        const bool mayBePart = mayStop || i + 1 < connections.size();
        if (!match.hasMatch() && !(mayBePart && match.hasPartialMatch()))
            return false;
    }
    return letters.startsWith('C');
}

/// An echo of its own that nothing of this should reach.
class Witness
{
public:
    Server server{"witness", Server::NonSecureMode};

    bool open()
    {
        QObject::connect(&server, &Server::newConnection, &server, [this] {
            Socket *const peer = server.nextPendingConnection();
            peer->setParent(&server);
            QObject::connect(peer, &Socket::textMessageReceived, peer,
                             &Socket::sendTextMessage);
        });
        if (!server.listen(QHostAddress::LocalHost))
            return false;
        m_client.open(server.serverUrl());
        return isSoon([this] { return m_client.isValid(); });
    }
    /// It works, and what was on its way for others has been delivered.
    bool works()
    {
        for (int i = 0; i < 3; ++i) {
            QEventLoop loop;
            QObject::connect(&m_client, &Socket::textMessageReceived, &loop, &QEventLoop::quit);
            QTimer::singleShot(10000, &loop, [&] { loop.exit(1); });
            m_client.sendTextMessage("echo");
            if (loop.exec() != 0)
                return false;
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return true;
    }

private:
    Socket m_client;
};

/// The signals of one history of a connection, with the states they come in.
struct History
{
    const char *name;
    bool isOfClientsOnly;
    std::vector<std::pair<const char *, const char *>> signalsAndStates;
};

inline std::vector<History> histories()
{
    std::vector<History> all{
        {"opening", true, {{"stateChanged", "C"}, {"stateChanged", "O"}, {"connected", "O"}}},
        {"refused", true,
         {{"stateChanged", "U"}, {"disconnected", "U"}, {"errorOccurred", "U"}, {"error", "U"}}},
        {"forbidden", true,
         {{"errorOccurred", "C"}, {"error", "C"}, {"stateChanged", "U"}, {"disconnected", "U"}}},
        {"talking", false,
         {{"textFrameReceived", "O"}, {"textMessageReceived", "O"}, {"binaryFrameReceived", "O"},
          {"binaryMessageReceived", "O"}, {"pong", "O"}, {"bytesWritten", "O"}}},
        {"close", false,
         {{"aboutToClose", "O"}, {"stateChanged", "L"}, {"stateChanged", "U"},
          {"disconnected", "U"}, {"readChannelFinished", "U"}}},
        {"abort", false,
         {{"aboutToClose", "O"}, {"stateChanged", "U"}, {"disconnected", "U"},
          {"readChannelFinished", "U"}}},
        {"peer's close", false,
         {{"aboutToClose", "O"}, {"stateChanged", "L"}, {"stateChanged", "U"},
          {"disconnected", "U"}, {"readChannelFinished", "U"}}},
        {"drop", false,
         {{"errorOccurred", "O"}, {"error", "O"}, {"stateChanged", "L"}, {"stateChanged", "U"},
          {"disconnected", "U"}, {"readChannelFinished", "U"}}},
    };
    if (isWirebird) // which reads on until the peer's Close
        all.push_back({"close", false,
                       {{"textFrameReceived", "L"}, {"textMessageReceived", "L"},
                        {"binaryFrameReceived", "L"}, {"binaryMessageReceived", "L"}}});
    return all;
}

inline void addSocketRows()
{
    QTest::addColumn<bool>("isClient");
    QTest::addColumn<QByteArray>("history");
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<QByteArray>("deed");
    for (const bool isClient : {true, false}) {
        for (const History &history : histories()) {
            if (history.isOfClientsOnly && !isClient)
                continue;
            for (const auto &[signal, state] : history.signalsAndStates) {
                for (const QByteArray &deed : deeds)
                    QTest::addRow("%s, %s: %s in %s, %s", isClient ? "client" : "accepted",
                                  history.name, signal, state, deed.constData())
                        << isClient << QByteArray(history.name) << QByteArray(signal)
                        << QByteArray(state) << deed;
            }
        }
    }
}

/// Does the deed of the row to `socket` at the row's signal.
class Attack
{
public:
    Attack(const QByteArray &signal, char state, const QByteArray &deed, const QUrl &elsewhere)
        : m_signal(signal), m_state(state), m_deed(deed), m_elsewhere(elsewhere)
    {
    }
    ~Attack()
    {
        if (target)
            there(target, [this] { delete target; });
    }

    void on(Socket *socket)
    {
        target = socket;
        if (letterOf(socket->state()) == 'O')
            for (const char letter : {'C', 'O', 'o'})
                log.add(letter);
        forEachSignal(socket, [this](const QByteArray &signal, char letter) {
            log.add(letter);
            if (!hasHappened && signal == m_signal
                && letterOf(target->state()) == m_state) {
                hasHappened = true;
                perform();
            }
        });
    }

    QPointer<Socket> target;
    bool hasHappened = false;
    /// The signals when the destructor had returned.
    QByteArray atTheEnd;
    Log log;

private:
    void perform()
    {
        if (m_deed == "delete") {
            delete target;
            atTheEnd = log.letters();
        } else if (m_deed == "deleteLater") {
            target->deleteLater();
        } else if (m_deed == "abort") {
            target->abort();
        } else if (m_deed == "close") {
            target->close();
        } else if (m_deed == "open") {
            target->open(m_elsewhere);
        } else {
            target->moveToThread(&m_thread);
        }
    }

    Worker m_thread;
    const QByteArray m_signal;
    const char m_state;
    const QByteArray m_deed;
    const QUrl m_elsewhere;
};

inline QUrl refusedUrl()
{
    QTcpServer closed;
    closed.listen(QHostAddress::LocalHost);
    return QUrl(QString("ws://127.0.0.1:%1").arg(closed.serverPort()));
}

inline void talk(Socket *socket)
{
    socket->setOutgoingFrameSize(8);
    socket->sendTextMessage("a message in frames");
    socket->sendBinaryMessage("another one in frames");
    socket->ping("payload");
}

/// The row's history up to its signal, and on if the deed leaves the connection
/// alone.
inline void play(const QByteArray &history, bool isClient, Attack *attack, Server *server)
{
    QPointer<Socket> other; // the connection's other end
    std::unique_ptr<Socket> ownOther;
    QObject::connect(server, &Server::originAuthenticationRequired, server,
                     [&](auto *question) { question->setAllowed(history != "forbidden"); });
    QObject::connect(server, &Server::newConnection, server, [&] {
        Socket *const accepted = server->nextPendingConnection();
        if (isClient)
            ownOther.reset(accepted);
        else
            attack->on(accepted);
        other = isClient ? accepted : other.data();
    });
    Socket *const client = new Socket;
    if (isClient) {
        attack->on(client);
    } else {
        ownOther.reset(client);
        other = client;
    }
    client->open(history == "refused" ? refusedUrl() : server->serverUrl());
    const auto isOpen = [&] {
        return attack->target && other && attack->target->isValid() && other->isValid();
    };
    QVERIFY(isSoon([&] { return attack->hasHappened || isOpen(); }));
    if (!attack->hasHappened && history == "talking") {
        talk(other);
        talk(attack->target);
        QVERIFY(isSoon([&] { return attack->hasHappened; }));
    } else if (!attack->hasHappened) {
        talk(other);
        if (history == "close")
            attack->target->close();
        else if (history == "abort")
            attack->target->abort();
        else if (history == "peer's close")
            other->close();
        else
            other->abort();
    }
    QVERIFY2(isSoon([&] { return attack->hasHappened; }), attack->log.letters());
    QFETCH(QByteArray, deed);
    const auto isUnconnected = [&] {
        State state{};
        if (attack->target)
            there(attack->target, [&] { state = attack->target->state(); });
        return state == QAbstractSocket::UnconnectedState;
    };
    if (deed == "moveToThread" && history == "opening")
        QVERIFY2(isSoon([&] { return !other.isNull(); }), attack->log.letters());
    if (deed == "moveToThread" && other) {
        talk(other);
        other->close();
    }
    if (deed == "open")
        QVERIFY2(isSoon([&] { return attack->target->isValid(); }), attack->log.letters());
    else
        QVERIFY2(isSoon([&] {
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
            return isUnconnected();
        }), attack->log.letters());
    QObject::disconnect(server, nullptr, server, nullptr);
}

inline void runSocketRow(Witness *witness)
{
    QFETCH(bool, isClient);
    QFETCH(QByteArray, history);
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, state);
    QFETCH(QByteArray, deed);
    Server server("server", Server::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Attack attack(signal, state.at(0), deed, witness->server.serverUrl());
    play(history, isClient, &attack, &server);
    if (QTest::currentTestFailed())
        return;
    QVERIFY2(witness->works(), attack.log.letters());
    const QByteArray log = attack.log.letters();
    const bool mayStop = deed == "delete" || deed == "deleteLater" || deed == "open";
    QVERIFY2(isPromised(log, mayStop), log);
    if (deed == "delete")
        QCOMPARE(log, attack.atTheEnd);
    QCOMPARE(attack.target.isNull(), deed == "delete" || deed == "deleteLater");
    // What was written and what arrives comes in between.
    const QByteArray states = QByteArray(log).replace("m", "");
    if (deed == "open")
        QVERIFY2(states.endsWith("COo") && (state == "C" || states.lastIndexOf('C') > 0), log);
}

inline void addServerRows()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("deed");
    QTest::addColumn<QByteArray>("expected");
    const auto add = [](const char *signal, const char *deed, const char *expected) {
        QTest::addRow("%s: %s", signal, deed)
            << QByteArray(signal) << QByteArray(deed) << QByteArray(expected);
    };
    // g, n, e, c: the signals below in this order; "2": of a second client.
    for (const char *deed : {"delete", "deleteLater", "close", "moveToThread"}) {
        const QByteArray name = deed;
        const bool isClose = name == "close";
        const bool isMove = name == "moveToThread";
        const bool isLater = name == "deleteLater";
        // After a move in the question the answer comes from there.
        add("originAuthenticationRequired", deed,
            isClose ? "gc" : isMove ? "gngn" : isLater ? "gn" : "g");
        add("newConnection", deed, isClose ? "gnc" : isMove ? "gngn" : "gn");
        add("serverError", deed, isClose ? "ec" : isMove ? "egn" : "e");
        add("closed", deed, isClose ? "cc" : isMove ? "cgn" : "c");
    }
    add("newConnection", "delete the socket", "gngn");
    add("newConnection", "delete the socket, then the server", "gn");
}

inline void runServerRow(Witness *witness)
{
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, deed);
    QFETCH(QByteArray, expected);
    Worker thread;
    Log log;
    bool hasHappened = false;
    QPointer<Server> server = new Server("server", Server::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    const auto perform = [&] {
        if (deed.startsWith("delete the socket"))
            delete server->nextPendingConnection();
        if (deed == "delete" || deed.endsWith("the server"))
            delete server;
        else if (deed == "deleteLater")
            server->deleteLater();
        else if (deed == "close")
            server->close();
        else if (deed == "moveToThread")
            server->moveToThread(&thread);
    };
    const auto on = [&](auto member, const char *name, char letter) {
        QObject::connect(server, member, server, [&, name, letter] {
            log.add(letter);
            if (signal == name && !std::exchange(hasHappened, true))
                perform();
        }, Qt::DirectConnection);
    };
    on(&Server::originAuthenticationRequired, "originAuthenticationRequired", 'g');
    on(&Server::newConnection, "newConnection", 'n');
    on(&Server::serverError, "serverError", 'e');
    on(&Server::closed, "closed", 'c');
    if (signal == "serverError")
        server->setMaxPendingConnections(0);
    Socket client;
    client.open(server->serverUrl());
    if (signal == "closed")
        server->close();
    QVERIFY(isSoon([&] { return hasHappened; }));
    QVERIFY(witness->works());
    // Who stays, serves on.
    std::unique_ptr<Socket> second;
    if (deed == "moveToThread" || deed == "delete the socket") {
        QUrl url;
        there(server, [&] {
            server->setMaxPendingConnections(30);
            if (!server->isListening())
                server->listen(QHostAddress::LocalHost);
            url = server->serverUrl();
        });
        second = std::make_unique<Socket>();
        second->open(url);
        QVERIFY2(isSoon([&] { return second->isValid(); }), log.letters());
    }
    QVERIFY(witness->works());
    QCOMPARE(log.letters(), expected);
    if (server)
        there(server, [&] { delete server; });
    // Unfetched connections end with their server.
    QVERIFY(isSoon([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY(witness->works());
    QCOMPARE(log.letters(), expected);
}

} // namespace Teardown
