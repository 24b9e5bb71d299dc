# Files of Wirebird::Qml, relative to the root of the repository.
set(WIREBIRD_QML_SOURCES
    qt/qml/json.cpp
    qt/qml/json.h
    qt/qml/qmlclientmodel.cpp
    qt/qml/qmlclientmodel.h
    qt/qml/qmloptions.cpp
    qt/qml/qmloptions.h
    qt/qml/qmlwebsocket.cpp
    qt/qml/qmlwebsocket.h
    qt/qml/qmlwebsocketserver.cpp
    qt/qml/qmlwebsocketserver.h
    qt/qml/serverlogic.h
    qt/qml/socketlogic.h)
set(WIREBIRD_QML_REGISTRATION
    qt/qml/registration.cpp)
set(WIREBIRD_QML_HEADERS
    include/wirebird/qml.h)
