// The plugin of the QML module QtWebSockets.
#include "qqmlwebsocketserver.h"

#include <QtQml/qqmlextensionplugin.h>

#include <algorithm>

QT_BEGIN_NAMESPACE

/// Versions 1.0 to 1.(Qt's minor), and 6.10 for what came with it.
class QtWebSocketsDeclarativeModule : public QQmlExtensionPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QQmlExtensionInterface_iid)

public:
    using QQmlExtensionPlugin::QQmlExtensionPlugin;

    void registerTypes(const char *uri) override
    {
        constexpr int minor = QT_VERSION_MINOR;
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
        for (const int major : {1, 6})
            qmlRegisterTypesAndRevisions<QQmlWebSocket, QQmlWebSocketServer>(uri, major);
#else
        qmlRegisterType<QQmlWebSocket>(uri, 1, 0, "WebSocket");
        qmlRegisterType<QQmlWebSocket, 1>(uri, 1, 1, "WebSocket");
        qmlRegisterType<QQmlWebSocket, 610>(uri, 6, 10, "WebSocket");
        qmlRegisterType<QQmlWebSocketServer>(uri, 1, 0, "WebSocketServer");
        qmlRegisterType<QQmlWebSocketServer>(uri, 6, 10, "WebSocketServer");
#endif
        qmlRegisterModule(uri, 1, minor);
        qmlRegisterModule(uri, 6, std::max(minor, 10));
    }
};

QT_END_NAMESPACE

#include "plugin.moc"
