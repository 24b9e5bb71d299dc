# For qmake projects that use Wirebird's sources: the QML module, compiled into the project, so
# that `import Wirebird` finds it.
#
#     include(path/to/wirebird/qt/wirebird-qml.pri)

include(wirebird.pri)

QT += qml
WIREBIRD_FILES = $$replace($$list($$cat($$PWD/qml/sources.cmake)), "[()]", "")
WIREBIRD_SOURCES = $$find(WIREBIRD_FILES, "^qt/.*\\.cpp$")
WIREBIRD_HEADERS = $$find(WIREBIRD_FILES, "^(qt|include)/.*\\.h$")
for(file, WIREBIRD_SOURCES): SOURCES += $$WIREBIRD_ROOT/$$file
for(file, WIREBIRD_HEADERS): HEADERS += $$WIREBIRD_ROOT/$$file
SOURCES += $$PWD/qml/register.cpp
INCLUDEPATH += $$PWD/qml
