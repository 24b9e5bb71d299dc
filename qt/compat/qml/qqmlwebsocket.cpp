// The QML type WebSocket.
#include "qqmlwebsocket.h"

#include <QtWebSockets/QWebSocketHandshakeOptions>

QT_BEGIN_NAMESPACE

/*!
    \qmltype WebSocket
    \inqmlmodule QtWebSockets
    \brief A WebSocket connection in QML.

    Opens when active, closes when no longer. After a drop it stays active and is not
    opened again. ping() and pong() are there from version 6.10 of the module on, and
    without a version.
*/

QQmlWebSocket::QQmlWebSocket(QObject *parent)
    : QObject(parent)
{
}

QQmlWebSocket::QQmlWebSocket(QWebSocket *socket, QObject *parent)
    : QObject(parent),
      m_url(socket->requestUrl()),
      m_negotiatedSubprotocol(socket->subprotocol()),
      m_status(Open),
      m_isActive(true),
      m_isComplete(true)
{
    setSocket(socket);
    followState(socket->state());
}

QQmlWebSocket::~QQmlWebSocket()
{
    // Closing tells nobody.
    if (m_socket)
        m_socket->disconnect(this);
}

void QQmlWebSocket::componentComplete()
{
    m_isComplete = true;
    setSocket(new QWebSocket);
    open();
}

void QQmlWebSocket::setSocket(QWebSocket *socket)
{
    m_socket.reset(socket);
    connect(socket, &QWebSocket::textMessageReceived, this, &QQmlWebSocket::textMessageReceived);
    connect(socket, &QWebSocket::binaryMessageReceived, this,
            &QQmlWebSocket::binaryMessageReceived);
    connect(socket, &QWebSocket::pong, this, &QQmlWebSocket::pong);
    connect(socket, &QWebSocket::stateChanged, this, &QQmlWebSocket::followState);
    connect(socket, &QWebSocket::errorOccurred, this, [this] { fail(m_socket->errorString()); });
}

/*!
    \qmlproperty url WebSocket::url
    Where to connect to. Changed while the connection is open, it is closed and one to
    the new URL opened.
*/
void QQmlWebSocket::setUrl(const QUrl &url)
{
    if (url == m_url)
        return;
    if (m_status == Open)
        m_socket->close();
    m_url = url;
    Q_EMIT urlChanged();
    open();
}

/*!
    \qmlproperty list<string> WebSocket::requestedSubprotocols
    Subprotocols to ask for, the most welcome first.
*/
void QQmlWebSocket::setRequestedSubprotocols(const QStringList &subprotocols)
{
    if (subprotocols == m_requestedSubprotocols)
        return;
    m_requestedSubprotocols = subprotocols;
    Q_EMIT requestedSubprotocolsChanged();
}

/*!
    \qmlproperty bool WebSocket::active
    Whether the connection is wanted. Default: false.
*/
void QQmlWebSocket::setActive(bool active)
{
    if (active == m_isActive)
        return;
    m_isActive = active;
    Q_EMIT activeChanged(active);
    if (m_isActive)
        open();
    else
        close();
}

/*!
    \qmlmethod int WebSocket::sendTextMessage(string message)
    Returns the number of bytes that will be sent; 0, with an error, if the connection
    is not open.
*/
qint64 QQmlWebSocket::sendTextMessage(const QString &message)
{
    return checkOpen() ? m_socket->sendTextMessage(message) : 0;
}

/*! \qmlmethod int WebSocket::sendBinaryMessage(ArrayBuffer message) */
qint64 QQmlWebSocket::sendBinaryMessage(const QByteArray &message)
{
    return checkOpen() ? m_socket->sendBinaryMessage(message) : 0;
}

/*!
    \qmlmethod void WebSocket::ping(ArrayBuffer payload)
    Sends a Ping with up to 125 bytes; pong() follows.
*/
void QQmlWebSocket::ping(const QByteArray &payload)
{
    if (checkOpen())
        m_socket->ping(payload);
}

bool QQmlWebSocket::checkOpen()
{
    if (m_status == Open)
        return true;
    fail(tr("Messages can only be sent when the socket is open."));
    return false;
}

void QQmlWebSocket::open()
{
    if (!m_isComplete || !m_isActive || !m_socket || !m_url.isValid())
        return;
    QWebSocketHandshakeOptions options;
    options.setSubprotocols(m_requestedSubprotocols);
    m_socket->open(m_url, options);
}

void QQmlWebSocket::close()
{
    if (m_isComplete && m_socket)
        m_socket->close();
}

void QQmlWebSocket::followState(QAbstractSocket::SocketState state)
{
    switch (state) {
    case QAbstractSocket::UnconnectedState:
        setStatus(Closed);
        break;
    case QAbstractSocket::ConnectedState:
        setNegotiatedSubprotocol(m_socket->subprotocol());
        setStatus(Open);
        break;
    case QAbstractSocket::ClosingState:
        setStatus(Closing);
        break;
    default:
        setStatus(Connecting);
    }
}

void QQmlWebSocket::fail(const QString &text)
{
    setErrorString(text);
    setStatus(Error);
}

/// Everything but an error clears the text of the last one.
void QQmlWebSocket::setStatus(Status status)
{
    if (status == m_status)
        return;
    m_status = status;
    if (status != Error)
        setErrorString(QString());
    Q_EMIT statusChanged(status);
}

void QQmlWebSocket::setErrorString(const QString &text)
{
    if (text == m_errorString)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged(text);
}

void QQmlWebSocket::setNegotiatedSubprotocol(const QString &subprotocol)
{
    if (subprotocol == m_negotiatedSubprotocol)
        return;
    m_negotiatedSubprotocol = subprotocol;
    Q_EMIT negotiatedSubprotocolChanged();
}

QT_END_NAMESPACE
