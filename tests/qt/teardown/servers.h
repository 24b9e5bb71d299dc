// Each signal of a server over plain TCP.
#pragma once

#include "basics.h"

namespace Teardown {

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
