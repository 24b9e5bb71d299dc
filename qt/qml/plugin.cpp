// The plugin of the QML module Wirebird, for Qt 5; Qt 6 makes its own.
#include <wirebird/qml.h>

#include <QtQml/qqmlextensionplugin.h>

class WirebirdPlugin : public QQmlExtensionPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QQmlExtensionInterface_iid)

public:
    using QQmlExtensionPlugin::QQmlExtensionPlugin;

    void registerTypes(const char *) override { Wirebird::registerQmlTypes(); }
};

#include "plugin.moc"
