# Files of Wirebird::QtWebSocketsCompat, relative to the root of the repository. The headers in
# WIREBIRD_QTWEBSOCKETS_HEADERS are public; all are given to the target, for AUTOMOC.
set(WIREBIRD_QTWEBSOCKETS_SOURCES
    qt/compat/convert_p.h
    qt/compat/qmaskgenerator.cpp
    qt/compat/qwebsocket.cpp
    qt/compat/qwebsocketcorsauthenticator.cpp
    qt/compat/qwebsockethandshakeoptions.cpp
    qt/compat/qwebsocketserver.cpp)
set(WIREBIRD_QTWEBSOCKETS_HEADERS
    qt/compat/include/QtWebSockets/qmaskgenerator.h
    qt/compat/include/QtWebSockets/qtwebsocketsexports.h
    qt/compat/include/QtWebSockets/qtwebsocketsversion.h
    qt/compat/include/QtWebSockets/qwebsocket.h
    qt/compat/include/QtWebSockets/qwebsocketcorsauthenticator.h
    qt/compat/include/QtWebSockets/qwebsockethandshakeoptions.h
    qt/compat/include/QtWebSockets/qwebsocketprotocol.h
    qt/compat/include/QtWebSockets/qwebsockets_global.h
    qt/compat/include/QtWebSockets/qwebsocketserver.h
    qt/compat/include/QtWebSockets/qwebsocketsslalerts.h)
