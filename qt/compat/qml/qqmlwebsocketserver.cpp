// The QML type WebSocketServer.
#include "qqmlwebsocketserver.h"

QT_BEGIN_NAMESPACE

/*!
    \qmltype WebSocketServer
    \inqmlmodule QtWebSockets
    \brief A WebSocket server in QML.

    The sockets that clientConnected() gives are the server's children. Without TLS.

    \qmlproperty url WebSocketServer::url

    \qmlproperty string WebSocketServer::host
    The address to listen on. Default: "127.0.0.1".

    \qmlproperty int WebSocketServer::port
    The port to listen on; 0, the default, becomes the one that the system chose.

    \qmlproperty string WebSocketServer::name
    The Server field of responses. Changed, it begins to listen anew.

    \qmlproperty list<string> WebSocketServer::supportedSubprotocols

    \qmlproperty bool WebSocketServer::listen
    Whether the server listens. Default: false.

    \qmlproperty bool WebSocketServer::accept
    Whether connections are accepted; else they wait. Default: true.
*/

QQmlWebSocketServer::QQmlWebSocketServer(QObject *parent)
    : QObject(parent)
{
}

void QQmlWebSocketServer::componentComplete()
{
    makeServer();
}

void QQmlWebSocketServer::take(QWebSocket *socket)
{
    Q_EMIT clientConnected(new QQmlWebSocket(socket, this));
}

QT_END_NAMESPACE
