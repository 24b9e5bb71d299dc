// The QML module Wirebird in programs that link it.
#include "qmlwebsocketserver.h"

#include <wirebird/qml.h>

namespace Wirebird {

void registerQmlTypes()
{
    static const bool done = [] {
        const char *const uri = "Wirebird";
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
        qmlRegisterTypesAndRevisions<QmlWebSocket, QmlWebSocketServer, QmlClientModel,
                                     QmlCompression, QmlHeartbeat, QmlLimits, QmlReconnect,
                                     QmlServerLimits, QmlTls>(uri, 1);
#else
        qmlRegisterType<QmlWebSocket>(uri, 1, 0, "WebSocket");
        qmlRegisterType<QmlWebSocketServer>(uri, 1, 0, "WebSocketServer");
        qmlRegisterUncreatableType<QmlClientModel>(
            uri, 1, 0, "WebSocketClients",
            QStringLiteral("WebSocketClients are the property clients of a WebSocketServer."));
        qmlRegisterUncreatableType<QmlLimits>(
            uri, 1, 0, "WebSocketLimits",
            QStringLiteral("WebSocketLimits are the property limits of others."));
        qmlRegisterAnonymousType<QmlCompression>(uri, 1);
        qmlRegisterAnonymousType<QmlHeartbeat>(uri, 1);
        qmlRegisterAnonymousType<QmlReconnect>(uri, 1);
        qmlRegisterAnonymousType<QmlServerLimits>(uri, 1);
        qmlRegisterAnonymousType<QmlTls>(uri, 1);
#endif
        qmlRegisterModule(uri, 1, 0);
        return true;
    }();
    Q_UNUSED(done);
}

} // namespace Wirebird
