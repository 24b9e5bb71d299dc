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

    \qmlproperty url WebSocket::url
    Where to connect to. Changed while the connection is open, it is closed and one to
    the new URL opened.

    \qmlproperty list<string> WebSocket::requestedSubprotocols
    Subprotocols to ask for, the most welcome first.

    \qmlproperty bool WebSocket::active
    Whether the connection is wanted. Default: false.
*/

QQmlWebSocket::QQmlWebSocket(QObject *parent)
    : QObject(parent)
{
}

QQmlWebSocket::QQmlWebSocket(QWebSocket *socket, QObject *parent)
    : QObject(parent)
{
    adopt(socket);
}

void QQmlWebSocket::componentComplete()
{
    complete(new QWebSocket);
}

void QQmlWebSocket::openSocket()
{
    QWebSocketHandshakeOptions options;
    options.setSubprotocols(requestedSubprotocols());
    socket()->open(url(), options);
}

/*!
    \qmlmethod int WebSocket::sendTextMessage(string message)
    Returns the number of bytes that will be sent; 0, with an error, if the connection
    is not open.
*/
qint64 QQmlWebSocket::sendTextMessage(const QString &message)
{
    return checkOpen() ? socket()->sendTextMessage(message) : 0;
}

/*! \qmlmethod int WebSocket::sendBinaryMessage(ArrayBuffer message) */
qint64 QQmlWebSocket::sendBinaryMessage(const QByteArray &message)
{
    return checkOpen() ? socket()->sendBinaryMessage(message) : 0;
}

/*!
    \qmlmethod void WebSocket::ping(ArrayBuffer payload)
    Sends a Ping with up to 125 bytes; pong() follows.
*/
void QQmlWebSocket::ping(const QByteArray &payload)
{
    if (checkOpen())
        socket()->ping(payload);
}

QT_END_NAMESPACE
