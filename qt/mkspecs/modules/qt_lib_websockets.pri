# qmake's module websockets by Wirebird's sources, for QT += websockets in projects whose
# environment has QMAKEPATH=path/to/wirebird/qt. It replaces what Qt's own module says, which is
# read before. wirebird_qtwebsockets.prf compiles the classes into the project.
QT.websockets.VERSION = $$QT_VERSION
QT.websockets.name = QtWebSockets
QT.websockets.module =
QT.websockets.libs =
QT.websockets.ldflags =
QT.websockets.includes = $$clean_path($$PWD/../../compat/include) \
    $$clean_path($$PWD/../../compat/include/QtWebSockets)
# Before Qt's folder of all headers, which may have Qt's own.
QT.websockets.priority = 100
QT.websockets.frameworks =
QT.websockets.bins =
QT.websockets.depends = core network
QT.websockets.uses =
QT.websockets.module_config = v2
QT.websockets.CONFIG = wirebird_qtwebsockets
QT.websockets.DEFINES = QT_WEBSOCKETS_LIB
QT.websockets.enabled_features =
QT.websockets.disabled_features =
QT_MODULES += websockets
