// Qt's part of the QML type WebSocket: the same for the module QtWebSockets, over
// QWebSocket, and for the module Wirebird, over Wirebird::WebSocket.
#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qabstractsocket.h>

#include <memory>

namespace Wirebird {

/// A base of the QML type `Self`, which has Qt's signals, the enumeration Status, the
/// functions connectSocket() and openSocket(), and the constant keepsRefusals: whether
/// the status stays Error when a server has refused the handshake; with Qt it becomes
/// Closed, and the text is gone.
template <typename Self, typename Socket>
class QmlSocketLogic
{
public:
    QUrl url() const { return m_url; }
    /// Changed while the connection is open, it is closed and another one opened.
    void setUrl(const QUrl &url);
    QStringList requestedSubprotocols() const { return m_requestedSubprotocols; }
    void setRequestedSubprotocols(const QStringList &subprotocols);
    QString negotiatedSubprotocol() const { return m_negotiatedSubprotocol; }
    QString errorString() const { return m_errorString; }
    bool isActive() const { return m_isActive; }
    void setActive(bool active);

protected:
    QmlSocketLogic() = default;
    Q_DISABLE_COPY(QmlSocketLogic)
    /// Closing tells nobody.
    ~QmlSocketLogic()
    {
        if (m_socket)
            m_socket->disconnect();
    }

    /// To be called when all properties have been set.
    void complete(Socket *socket);
    /// Takes over a connection that a server accepted.
    void adopt(Socket *socket);

    Socket *socket() const { return m_socket.get(); }
    /// Whether something can be sent; else that is an error.
    bool checkOpen();
    void open();
    void close();
    void fail(const QString &text);
    void setStatus(int status);

    int m_status = 3; ///< Self::Closed

private:
    Self *self() { return static_cast<Self *>(this); }
    void setSocket(Socket *socket);
    void followState(QAbstractSocket::SocketState state);
    void setErrorString(const QString &text);
    void setNegotiatedSubprotocol(const QString &subprotocol);

    std::unique_ptr<Socket> m_socket;
    QUrl m_url;
    QStringList m_requestedSubprotocols;
    QString m_negotiatedSubprotocol;
    QString m_errorString;
    bool m_isActive = false;
    bool m_isComplete = false;
    bool m_isOpening = false;
};

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::complete(Socket *socket)
{
    m_isComplete = true;
    setSocket(socket);
    open();
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::adopt(Socket *socket)
{
    m_url = socket->requestUrl();
    m_negotiatedSubprotocol = socket->subprotocol();
    m_status = Self::Open;
    m_isActive = true;
    m_isComplete = true;
    setSocket(socket);
    followState(socket->state());
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setSocket(Socket *socket)
{
    m_socket.reset(socket);
    QObject::connect(socket, &Socket::textMessageReceived, self(), &Self::textMessageReceived);
    QObject::connect(socket, &Socket::binaryMessageReceived, self(), &Self::binaryMessageReceived);
    QObject::connect(socket, &Socket::pong, self(), &Self::pong);
    QObject::connect(socket, &Socket::stateChanged, self(),
                     [this](QAbstractSocket::SocketState state) { followState(state); });
    QObject::connect(socket, &Socket::errorOccurred, self(),
                     [this] { fail(m_socket->errorString()); });
    self()->connectSocket();
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setUrl(const QUrl &url)
{
    if (url == m_url)
        return;
    if (m_status == Self::Open) {
        m_socket->close();
        setStatus(Self::Closed); // where the socket waits for the peer
    }
    m_url = url;
    Q_EMIT self()->urlChanged();
    open();
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setRequestedSubprotocols(const QStringList &subprotocols)
{
    if (subprotocols == m_requestedSubprotocols)
        return;
    m_requestedSubprotocols = subprotocols;
    Q_EMIT self()->requestedSubprotocolsChanged();
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setActive(bool active)
{
    if (active == m_isActive)
        return;
    m_isActive = active;
    Q_EMIT self()->activeChanged(active);
    if (m_isActive)
        open();
    else
        close();
}

template <typename Self, typename Socket>
bool QmlSocketLogic<Self, Socket>::checkOpen()
{
    if (m_status == Self::Open)
        return true;
    fail(Self::tr("Messages can only be sent when the socket is open."));
    return false;
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::open()
{
    if (m_isComplete && m_isActive && m_socket && m_url.isValid())
        self()->openSocket();
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::close()
{
    if (m_isComplete && m_socket)
        m_socket->close();
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::followState(QAbstractSocket::SocketState state)
{
    switch (state) {
    case QAbstractSocket::UnconnectedState:
        if (!Self::keepsRefusals || !m_isOpening || m_status != Self::Error)
            setStatus(Self::Closed);
        break;
    case QAbstractSocket::ConnectedState:
        m_isOpening = false;
        setNegotiatedSubprotocol(m_socket->subprotocol());
        setStatus(Self::Open);
        break;
    case QAbstractSocket::ClosingState:
        setStatus(Self::Closing);
        break;
    default:
        m_isOpening = true;
        setStatus(Self::Connecting);
    }
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::fail(const QString &text)
{
    setErrorString(text);
    setStatus(Self::Error);
}

/// Everything but an error clears the text of the last one.
template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setStatus(int status)
{
    if (status == m_status)
        return;
    m_status = status;
    if (status != Self::Error)
        setErrorString(QString());
    Q_EMIT self()->statusChanged(typename Self::Status(status));
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setErrorString(const QString &text)
{
    if (text == m_errorString)
        return;
    m_errorString = text;
    Q_EMIT self()->errorStringChanged(text);
}

template <typename Self, typename Socket>
void QmlSocketLogic<Self, Socket>::setNegotiatedSubprotocol(const QString &subprotocol)
{
    if (subprotocol == m_negotiatedSubprotocol)
        return;
    m_negotiatedSubprotocol = subprotocol;
    Q_EMIT self()->negotiatedSubprotocolChanged();
}

} // namespace Wirebird
