// Each signal of connections that are opened, used and closed over plain TCP.
#pragma once

#include "attack.h"

#include <QtNetwork/QTcpServer>

namespace Teardown {

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
    if (isWirebird) {
        all.push_back({"opening", true, {{"requestUrlChanged", "C"}}});
        all.push_back({"refused", true, {{"errorStringChanged", "U"}, {"closeCodeChanged", "U"}}});
        all.push_back({"agreeing", true, {{"subprotocolChanged", "O"}, {"extensionsChanged", "O"}}});
        all.push_back({"flooding", false, {{"highWater", "O"}, {"lowWater", "O"}}});
        all.push_back({"peer's close", false, {{"closeReasonChanged", "L"}}});
        all.push_back({"talking", false, {{"pingReceived", "O"}, {"roundTripTimeChanged", "O"}}});
        all.push_back({"drop", false, {{"errorStringChanged", "O"}, {"closeCodeChanged", "O"}}});
        // Which reads on until the peer's Close.
        all.push_back({"close", false,
                       {{"textFrameReceived", "L"}, {"textMessageReceived", "L"},
                        {"binaryFrameReceived", "L"}, {"binaryMessageReceived", "L"}}});
    }
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

inline QUrl refusedUrl()
{
    QTcpServer closed;
    closed.listen(QHostAddress::LocalHost);
    return QUrl(QString("ws://127.0.0.1:%1").arg(closed.serverPort()));
}

/// Opens a connection, for the "agreeing" with a subprotocol and an extension.
template <typename Object, typename Listener>
void openFor(const QByteArray &history, Object *client, Listener *server)
{
    if constexpr (isWirebird) {
        if (history == "agreeing") {
            auto compression = server->compression();
            compression.setEnabled(true);
            server->setCompression(compression);
            server->setSupportedSubprotocols({"chirp"});
            auto options = client->handshakeOptions();
            options.setSubprotocols({"chirp"});
            client->open(server->serverUrl(), options);
            return;
        }
    }
    client->open(history == "refused" ? refusedUrl() : server->serverUrl());
}

/// Sends more than may wait.
template <typename Object>
void flood(Object *socket)
{
    if constexpr (isWirebird) {
        auto limits = socket->limits();
        limits.setHighWater(1);
        socket->setLimits(limits);
    }
    for (int i = 0; i < 3; ++i)
        socket->sendTextMessage("one of many");
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
    openFor(history, client, server);
    const auto isOpen = [&] {
        return attack->target && other && attack->target->isValid() && other->isValid();
    };
    QVERIFY(isSoon([&] { return attack->hasHappened || isOpen(); }));
    if (!attack->hasHappened && history == "talking") {
        talk(other);
        talk(attack->target);
        QVERIFY(isSoon([&] { return attack->hasHappened; }));
    } else if (!attack->hasHappened && history == "flooding") {
        flood(attack->target.data());
    } else if (!attack->hasHappened) {
        talk(other);
        if (history == "close")
            attack->target->close();
        else if (history == "abort")
            attack->target->abort();
        else if (history == "peer's close")
            other->close(decltype(other->closeCode())(1000), "enough");
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
    checkAfterwards(attack, state.at(0), deed);
}

} // namespace Teardown
