# Files of Wirebird::Qt, relative to the root of the repository. The headers in
# WIREBIRD_QT_HEADERS are public; all are given to the target, for AUTOMOC.
#
# A shared build defines WIREBIRD_QT_BUILD for itself and WIREBIRD_QT_SHARED for its users.
set(WIREBIRD_QT_SOURCES
    qt/adapter/convert.cpp
    qt/adapter/convert.h
    qt/adapter/corsauthenticator.cpp
    qt/adapter/eventsink.h
    qt/adapter/handle.h
    qt/adapter/handshakeoptions.cpp
    qt/adapter/openrequest.cpp
    qt/adapter/openrequest.h
    qt/adapter/pump.cpp
    qt/adapter/pump.h
    qt/adapter/recycler.h
    qt/adapter/steps.cpp
    qt/adapter/steps.h
    qt/adapter/storage.cpp
    qt/adapter/storage.h
    qt/adapter/websocket.cpp
    qt/adapter/websocket_p.h
    qt/adapter/websocketclosing.cpp
    qt/adapter/websocketevents.cpp
    qt/adapter/websocketopening.cpp
    qt/adapter/websocketserver.cpp
    qt/adapter/websocketserver_p.h
    qt/adapter/websocketserverrequests.cpp)
set(WIREBIRD_QT_HEADERS
    include/wirebird/corsauthenticator.h
    include/wirebird/global.h
    include/wirebird/handshakeoptions.h
    include/wirebird/websocket.h
    include/wirebird/websocketprotocol.h
    include/wirebird/websocketserver.h)
