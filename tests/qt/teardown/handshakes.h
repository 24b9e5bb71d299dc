// Each signal of an opening handshake that asks or leads elsewhere: certificates,
// pre-shared keys, alerts, credentials, redirects, reconnecting.
//
// `name` of a certificate as in certificates.h.
#pragma once

#include "attack.h"
#include "peers.h"

#include <QtNetwork/QAuthenticator>
#include <QtNetwork/QNetworkProxy>

namespace Teardown {

/// What a client goes through, and the signals that it has to tell meanwhile.
struct Ordeal
{
    const char *name;
    std::vector<const char *> tls; ///< By whom; "" for a row without.
    std::vector<std::pair<const char *, const char *>> signalsAndStates;
};

inline std::vector<Ordeal> ordeals()
{
    std::vector<Ordeal> all{
        {"a stranger's certificate", {"engine", "qt"},
         {{"peerVerifyError", "C"}, {"sslErrors", "C"}, {"errorOccurred", "C"}, {"error", "C"},
          {"stateChanged", "U"}, {"disconnected", "U"}}},
        {"a certificate that is accepted", {"engine", "qt"},
         {{"peerVerifyError", "C"}, {"sslErrors", "C"}, {"stateChanged", "O"},
          {"connected", "O"}}},
        {"a pre-shared key", {"qt"}, {{"preSharedKeyAuthenticationRequired", "C"}}},
        {"a server that asks", {""}, {{"authenticationRequired", "C"}}},
        {"a server that asks over TLS", {"engine", "qt"}, {{"authenticationRequired", "C"}}},
        {"a proxy that asks", {"", "engine", "qt"}, {{"proxyAuthenticationRequired", "C"}}},
    };
    if (HasAlerts<Socket>::value && QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)) {
        all.push_back({"a stranger's certificate", {"engine"}, {{"alertSent", "C"}}});
        all.push_back({"a client that is refused", {"engine", "qt"}, {{"alertReceived", "C"}}});
        all.push_back({"an interruption", {"engine", "qt"},
                       {{"handshakeInterruptedOnError", "C"}}});
        all.push_back({"an interruption", {"qt"}, {{"alertSent", "C"}}});
    }
    if (isWirebird) {
        all.push_back({"a redirect", {""}, {{"redirected", "C"}}});
        all.push_back({"a loss that is mended", {""},
                       {{"reconnectScheduled", "U"}, {"reconnectingChanged", "U"},
                        {"reconnectingChanged", "O"}}});
    } else {
        all.push_back({"a stranger's certificate", {"engine", "qt"},
                       {{"readChannelFinished", "U"}}});
    }
    return all;
}

inline QByteArrayList deedsOf(const QByteArray &signal)
{
    QByteArrayList all = deeds + QByteArrayList{"delete in a nested loop"};
    static const QByteArrayList ofTls{"peerVerifyError", "sslErrors",
                                      "handshakeInterruptedOnError",
                                      "preSharedKeyAuthenticationRequired"};
    if (ofTls.contains(signal))
        all += {"ignoreSslErrors, delete", "ignoreSslErrors, close", "ignoreSslErrors, open",
                "close, ignoreSslErrors",  "abort, ignoreSslErrors", "open, ignoreSslErrors"};
    return all;
}

inline void addHandshakeRows()
{
    QTest::addColumn<QByteArray>("ordeal");
    QTest::addColumn<QByteArray>("tls");
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<QByteArray>("deed");
    for (const Ordeal &ordeal : ordeals()) {
        for (const char *const tls : ordeal.tls) {
            for (const auto &[signal, state] : ordeal.signalsAndStates) {
                for (const QByteArray &deed : deedsOf(signal))
                    QTest::addRow("%s, %s: %s in %s, %s", ordeal.name, tls, signal, state,
                                  deed.constData())
                        << QByteArray(ordeal.name) << QByteArray(tls) << QByteArray(signal)
                        << QByteArray(state) << deed;
            }
        }
    }
}

/// What only Wirebird's sockets can be told.
template <typename Object>
void prepareOwn(Object *client, const QByteArray &ordeal)
{
    if constexpr (isWirebird) {
        if (ordeal == "a redirect")
            client->setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
        if (ordeal == "a loss that is mended") {
            auto reconnect = client->reconnect();
            reconnect.setEnabled(true);
            reconnect.setInitialDelay(std::chrono::milliseconds(1));
            client->setReconnect(reconnect);
        }
    }
}

/// The servers of an ordeal, and the way to them.
class Stage
{
public:
    Stage(const QByteArray &ordeal, const QByteArray &tls, const QUrl &elsewhere)
        : m_ordeal(ordeal), m_tls(tls), m_elsewhere(elsewhere)
    {
    }

    /// Where the client has to go; empty after a failure.
    QUrl prepare(Socket *client)
    {
        client->setProperty("wirebirdTls", m_tls);
        client->setSslConfiguration(Certificates::configuration());
        prepareOwn(client, m_ordeal);
        const auto answer = [](QAuthenticator *authenticator) {
            authenticator->setUser("bird");
            authenticator->setPassword("seed");
        };
        QObject::connect(client, &Socket::authenticationRequired, client, answer);
        QObject::connect(client, &Socket::proxyAuthenticationRequired, client,
                         [answer](const QNetworkProxy &, QAuthenticator *authenticator) {
                             answer(authenticator);
                         });
        QObject::connect(client, &Socket::preSharedKeyAuthenticationRequired, client,
                         tellPreSharedKey);
        if (m_ordeal.contains("asks") || m_ordeal == "a redirect")
            return prepareHttp(client);
        if (m_ordeal == "a loss that is mended")
            return listen(Server::NonSecureMode, QSslConfiguration(), true);
        return prepareTls(client);
    }

private:
    QUrl prepareHttp(Socket *client)
    {
        const bool isOfProxy = m_ordeal == "a proxy that asks";
        const QString answer = isOfProxy
            ? QString("407 Who?\r\nProxy-Authenticate: Basic realm=\"seeds\"\r\n")
            : m_ordeal == "a redirect"
            ? QString("302 There\r\nLocation: http://127.0.0.1:%1/\r\n").arg(m_elsewhere.port())
            : QString("401 Who?\r\nWWW-Authenticate: Basic realm=\"seeds\"\r\n");
        const bool isEncrypted = !isOfProxy && !m_tls.isEmpty();
        m_http = std::make_unique<HttpServer>(answer.toLatin1(), isEncrypted);
        if (!isOfProxy)
            return m_http->url();
        client->setProxy({QNetworkProxy::HttpProxy, "127.0.0.1", quint16(m_http->url().port())});
        return QUrl(m_tls.isEmpty() ? "ws://server.example/" : "wss://server.example/");
    }

    QUrl prepareTls(Socket *client)
    {
        if (m_ordeal == "a pre-shared key") {
            client->setSslConfiguration(preSharedKeys());
            return listen(Server::SecureMode, preSharedKeys());
        }
        if (m_ordeal == "a client that is refused") {
            // By TLS 1.3 the engine's server would end without a word of the reason.
            client->setSslConfiguration(Certificates::configuration("stranger"));
            return listen(Server::SecureMode, asking(QSsl::TlsV1_2));
        }
        if (m_ordeal == "a certificate that is accepted")
            client->ignoreSslErrors();
        if (m_ordeal == "an interruption")
            client->setSslConfiguration(interrupting(Certificates::configuration()));
        return listen(Server::SecureMode, Certificates::configuration("foreign"));
    }

    QUrl listen(Server::SslMode mode, const QSslConfiguration &configuration,
                bool losesTheFirst = false)
    {
        m_server = std::make_unique<Server>("stage", mode);
        if (mode == Server::SecureMode) {
            const bool isByQt = m_ordeal == "a pre-shared key";
            m_server->setProperty("wirebirdTls", isByQt ? "qt" : "engine");
            m_server->setSslConfiguration(configuration);
            if (isByQt)
                QObject::connect(m_server.get(), &Server::preSharedKeyAuthenticationRequired,
                                 m_server.get(), tellPreSharedKey);
        }
        m_loses = losesTheFirst;
        QObject::connect(m_server.get(), &Server::newConnection, m_server.get(), [this] {
            Socket *const peer = m_server->nextPendingConnection();
            peer->setParent(m_server.get());
            if (std::exchange(m_loses, false))
                peer->abort();
        });
        return m_server->listen(QHostAddress::LocalHost) ? m_server->serverUrl() : QUrl();
    }

    const QByteArray m_ordeal;
    const QByteArray m_tls;
    const QUrl m_elsewhere;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<HttpServer> m_http;
    bool m_loses = false;
};

inline void runHandshakeRow(Witness *witness)
{
    QFETCH(QByteArray, ordeal);
    QFETCH(QByteArray, tls);
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, state);
    QFETCH(QByteArray, deed);
    Stage stage(ordeal, tls, witness->server.serverUrl());
    Attack attack(signal, state.at(0), deed, witness->server.serverUrl());
    Socket *const client = new Socket;
    const QUrl url = stage.prepare(client);
    attack.on(client);
    QVERIFY(url.isValid());
    client->open(url);
    QVERIFY2(isSoon([&] { return attack.hasHappened; }), attack.log.letters());
    // It has come to its end; left alone, to whichever.
    const auto errorText = [&] {
        QByteArray text = attack.log.letters();
        if (attack.target)
            there(attack.target, [&] { text += ", " + attack.target->errorString().toUtf8(); });
        return text;
    };
    const bool mayOpen = deed == "moveToThread" || deed.contains("open");
    QVERIFY2(isSoon([&] {
        if (!attack.target)
            return true;
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        State state = QAbstractSocket::ConnectingState;
        if (attack.target)
            there(attack.target, [&] { state = attack.target->state(); });
        return state == (deed.contains("open") ? QAbstractSocket::ConnectedState
                                               : QAbstractSocket::UnconnectedState)
            || (mayOpen && state == QAbstractSocket::ConnectedState);
    }), errorText());
    QVERIFY2(witness->works(), attack.log.letters());
    if (deed == "moveToThread" && ordeal == "a loss that is mended") {
        // It comes back, there.
        QVERIFY2(isSoon([&] {
            bool isOpen = false;
            there(attack.target, [&] { isOpen = attack.target->isValid(); });
            return isOpen;
        }), attack.log.letters());
    }
    checkAfterwards(attack, state.at(0), deed);
}

} // namespace Teardown
