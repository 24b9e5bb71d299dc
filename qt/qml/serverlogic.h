// Qt's part of the QML type WebSocketServer: the same for the module QtWebSockets,
// over QWebSocketServer, and for the module Wirebird, over Wirebird::WebSocketServer.
#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qhostaddress.h>
#include <QtQml/qqmlinfo.h>

#include <memory>

namespace Wirebird {

/// A base of the QML type `Self`, which has Qt's signals and the functions
/// connectServer(), take(), for each connection, and isSecure().
template <typename Self, typename Server>
class QmlServerLogic
{
public:
    QUrl url() const;
    QString host() const { return m_host; }
    void setHost(const QString &host);
    int port() const { return m_port; }
    void setPort(int port);
    QString name() const { return m_name; }
    /// Changed, it begins to listen anew.
    void setName(const QString &name);
    QStringList supportedSubprotocols() const { return m_supportedSubprotocols; }
    void setSupportedSubprotocols(const QStringList &subprotocols);
    QString errorString() const { return m_errorString; }
    bool listen() const { return m_listen; }
    void setListen(bool listen);
    bool accept() const { return m_accept; }
    void setAccept(bool accept);

protected:
    QmlServerLogic() = default;
    Q_DISABLE_COPY(QmlServerLogic)
    ~QmlServerLogic()
    {
        if (m_server)
            m_server->disconnect();
    }

    Server *server() const { return m_server.get(); }
    /// To be called when all properties have been set.
    void makeServer();
    void updateListening();

private:
    Self *self() { return static_cast<Self *>(this); }
    void takeConnections();
    void setErrorString(const QString &text);

    std::unique_ptr<Server> m_server;
    QString m_host = QStringLiteral("127.0.0.1");
    QString m_name;
    QStringList m_supportedSubprotocols;
    QString m_errorString;
    int m_port = 0;
    bool m_listen = false;
    bool m_accept = true;
};

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::makeServer()
{
    m_server = std::make_unique<Server>(m_name, self()->isSecure() ? Server::SecureMode
                                                                : Server::NonSecureMode);
    m_server->setSupportedSubprotocols(m_supportedSubprotocols);
    QObject::connect(m_server.get(), &Server::newConnection, self(), [this] { takeConnections(); });
    QObject::connect(m_server.get(), &Server::serverError, self(),
                     [this] { setErrorString(m_server->errorString()); });
    self()->connectServer();
    updateListening();
}

template <typename Self, typename Server>
QUrl QmlServerLogic<Self, Server>::url() const
{
    QUrl url;
    const bool isSecure = static_cast<const Self *>(this)->isSecure();
    url.setScheme(isSecure ? QStringLiteral("wss") : QStringLiteral("ws"));
    url.setHost(m_host);
    url.setPort(m_port);
    return url;
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setHost(const QString &host)
{
    if (host == m_host)
        return;
    m_host = host;
    Q_EMIT self()->hostChanged(host);
    Q_EMIT self()->urlChanged(url());
    updateListening();
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setPort(int port)
{
    if (port == m_port)
        return;
    if (port < 0 || port > 65535) {
        qmlWarning(self()) << "port " << port << " is not in the range 0-65535";
        return;
    }
    m_port = port;
    Q_EMIT self()->portChanged(port);
    Q_EMIT self()->urlChanged(url());
    updateListening();
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setName(const QString &name)
{
    if (name == m_name)
        return;
    m_name = name;
    Q_EMIT self()->nameChanged(name);
    if (m_server)
        makeServer();
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setSupportedSubprotocols(const QStringList &subprotocols)
{
    if (subprotocols == m_supportedSubprotocols)
        return;
    m_supportedSubprotocols = subprotocols;
    if (m_server)
        m_server->setSupportedSubprotocols(subprotocols);
    Q_EMIT self()->supportedSubprotocolsChanged();
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setListen(bool listen)
{
    if (listen == m_listen)
        return;
    m_listen = listen;
    Q_EMIT self()->listenChanged(listen);
    updateListening();
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setAccept(bool accept)
{
    if (accept == m_accept)
        return;
    m_accept = accept;
    Q_EMIT self()->acceptChanged(accept);
    if (!m_server)
        return;
    if (accept)
        m_server->resumeAccepting();
    else
        m_server->pauseAccepting();
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::updateListening()
{
    if (!m_server)
        return;
    if (m_server->isListening())
        m_server->close();
    if (!m_listen)
        return;
    const QHostAddress address(m_host);
    if (address.isNull()) {
        setErrorString(Self::tr("The host \"%1\" is not an address.").arg(m_host));
        return;
    }
    if (!m_server->listen(address, quint16(m_port)))
        return;
    if (!m_accept)
        m_server->pauseAccepting();
    setErrorString(QString());
    if (m_port == m_server->serverPort())
        return;
    m_port = m_server->serverPort();
    Q_EMIT self()->portChanged(m_port);
    Q_EMIT self()->urlChanged(url());
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::takeConnections()
{
    while (m_server && m_server->hasPendingConnections())
        self()->take(m_server->nextPendingConnection());
}

template <typename Self, typename Server>
void QmlServerLogic<Self, Server>::setErrorString(const QString &text)
{
    if (text == m_errorString)
        return;
    m_errorString = text;
    Q_EMIT self()->errorStringChanged(text);
}

} // namespace Wirebird
