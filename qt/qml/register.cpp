// Compiled into programs that link the QML module: registers its types when the
// application object is made.
#include <wirebird/qml.h>

#include <QtCore/qcoreapplication.h>

static void registerWirebirdQmlTypes()
{
    Wirebird::registerQmlTypes();
}
Q_COREAPP_STARTUP_FUNCTION(registerWirebirdQmlTypes)
