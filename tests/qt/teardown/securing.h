// Each signal of a server about the TLS of its clients.
#pragma once

#include "peers.h"
#include "signals.h"

namespace Teardown {

/// What a server goes through with a client, and the signals that it has to tell.
struct Securing
{
    const char *name;
    std::vector<const char *> tls; ///< By whom.
    std::vector<const char *> signalNames;
};

inline std::vector<Securing> securings()
{
    std::vector<Securing> all{
        {"a stranger", {"engine", "qt"}, {"peerVerifyError", "sslErrors", "sslErrorsOccurred"}},
        {"a pre-shared key", {"qt"}, {"preSharedKeyAuthenticationRequired"}},
    };
    if (isWirebird) {
        all.push_back({"a stranger", {"engine", "qt"}, {"serverError"}});
        all.push_back({"a client that refuses", {"engine", "qt"}, {"serverError"}});
    }
    if (HasAlerts<Server>::value && QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)) {
        all.push_back({"a stranger by TLS 1.2", {"engine"}, {"alertSent"}});
        all.push_back({"a client that refuses", {"engine", "qt"}, {"alertReceived"}});
        all.push_back({"an interruption", {"qt"}, {"handshakeInterruptedOnError", "alertSent"}});
    }
    return all;
}

inline void addSecuringRows()
{
    QTest::addColumn<QByteArray>("securing");
    QTest::addColumn<QByteArray>("tls");
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("deed");
    for (const Securing &securing : securings()) {
        for (const char *const tls : securing.tls) {
            for (const char *const signal : securing.signalNames) {
                for (const char *const deed : {"delete", "delete in a nested loop",
                                               "deleteLater", "close", "close, delete",
                                               "close, listen", "moveToThread"})
                    QTest::addRow("%s, %s: %s, %s", securing.name, tls, signal, deed)
                        << QByteArray(securing.name) << QByteArray(tls) << QByteArray(signal)
                        << QByteArray(deed);
            }
        }
    }
}

/// Does the deed of the row to a server at the row's signal.
class Siege
{
public:
    Siege(const QByteArray &signal, const QByteArray &deed) : m_signal(signal), m_deed(deed) { }
    ~Siege()
    {
        if (target)
            there(target, [this] { delete target; });
    }

    void on(Server *server)
    {
        target = server;
        const Named slot = [this](const QByteArray &signal, char letter) {
            log.add(letter);
            if (!hasHappened && signal == m_signal) {
                hasHappened = true;
                for (const QByteArray &deed : m_deed.split(','))
                    perform(deed.trimmed());
            }
        };
        const auto on = [=](auto signal, const char *name, char letter) {
            QObject::connect(server, signal, server, [=] { slot(name, letter); },
                             Qt::DirectConnection);
        };
        forEachSignalOfTls(server, slot);
        on(&Server::sslErrorsOccurred, "sslErrorsOccurred", 'm');
        on(&Server::serverError, "serverError", 'e');
        on(&Server::newConnection, "newConnection", 'n');
        on(&Server::closed, "closed", 'c');
    }

    QPointer<Server> target;
    bool hasHappened = false;
    QByteArray atTheEnd;
    Log log;

private:
    void perform(const QByteArray &deed)
    {
        if (deed == "delete") {
            delete target;
            atTheEnd = log.letters();
        } else if (deed == "delete in a nested loop") {
            QEventLoop loop;
            inTurn(&loop, [this] { perform("delete"); }, [&loop] { loop.quit(); });
            loop.exec();
        } else if (deed == "deleteLater") {
            target->deleteLater();
        } else if (deed == "close") {
            target->close();
        } else if (deed == "listen") {
            target->listen(QHostAddress::LocalHost);
        } else {
            target->moveToThread(&m_thread);
        }
    }

    Worker m_thread;
    const QByteArray m_signal;
    const QByteArray m_deed;
};

inline void prepareSecuring(const QByteArray &securing, Server *server, Socket *client)
{
    client->setProperty("wirebirdTls", "engine");
    client->setSslConfiguration(Certificates::configuration("stranger"));
    if (securing == "a stranger") {
        server->setSslConfiguration(asking());
    } else if (securing == "a stranger by TLS 1.2") {
        server->setSslConfiguration(asking(QSsl::TlsV1_2));
    } else if (securing == "an interruption") {
        server->setSslConfiguration(interrupting(asking()));
    } else if (securing == "a client that refuses") {
        server->setSslConfiguration(Certificates::configuration("foreign"));
    } else {
        client->setProperty("wirebirdTls", "qt");
        server->setSslConfiguration(preSharedKeys());
        client->setSslConfiguration(preSharedKeys());
        QObject::connect(server, &Server::preSharedKeyAuthenticationRequired, server,
                         tellPreSharedKey);
        QObject::connect(client, &Socket::preSharedKeyAuthenticationRequired, client,
                         tellPreSharedKey);
    }
}

inline void runSecuringRow(Witness *witness)
{
    QFETCH(QByteArray, securing);
    QFETCH(QByteArray, tls);
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, deed);
    Siege siege(signal, deed);
    auto *const server = new Server("server", Server::SecureMode);
    Socket client;
    server->setProperty("wirebirdTls", tls);
    prepareSecuring(securing, server, &client);
    siege.on(server);
    QVERIFY2(server->listen(QHostAddress::LocalHost), qPrintable(server->errorString()));
    client.open(server->serverUrl());
    QVERIFY2(isSoon([&] { return siege.hasHappened; }), siege.log.letters());
    const bool maySucceed = securing == "a pre-shared key" && deed == "moveToThread";
    QVERIFY2(isSoon([&] {
        return client.state() == QAbstractSocket::UnconnectedState
            || (maySucceed && client.isValid());
    }), siege.log.letters());
    QVERIFY(witness->works());
    QCOMPARE(siege.target.isNull(), deed.contains("delete"));
    // What the move interrupted goes on in the other thread: before other settings end it.
    if (isWirebird && deed == "moveToThread" && securing != "a pre-shared key")
        QVERIFY2(isSoon([&] { return siege.log.letters().count('e') == 1; }),
                 siege.log.letters());
    // Who stays, serves on.
    if (deed == "moveToThread" || deed == "close, listen") {
        QUrl url;
        there(siege.target, [&] {
            siege.target->setSslConfiguration(Certificates::configuration("ec"));
            url = siege.target->serverUrl();
        });
        Socket second;
        second.setProperty("wirebirdTls", "engine");
        second.setSslConfiguration(Certificates::configuration());
        second.open(url);
        QVERIFY2(isSoon([&] { return second.isValid(); }), siege.log.letters());
        QVERIFY(isSoon([&] { return siege.log.letters().contains('n'); }));
    }
    const QByteArray log = siege.log.letters();
    QCOMPARE(log.count('c'), deed == "close" || deed == "close, listen" ? 1 : 0);
    if (deed.contains("delete") && deed != "deleteLater")
        QCOMPARE(log, siege.atTheEnd);
}

} // namespace Teardown
