# For qmake projects that use Wirebird's sources: the C++ classes for Qt, compiled into the
# project.
#
#     include(path/to/wirebird/qt/wirebird.pri)

include(wirebird-core.pri)

QT += core network
CONFIG += c++17

# The list of sources is the one that CMake uses, too.
WIREBIRD_FILES = $$replace($$list($$cat($$PWD/adapter/sources.cmake)), "[()]", "")
WIREBIRD_SOURCES = $$find(WIREBIRD_FILES, "^(qt|include)/.*\\.cpp$")
WIREBIRD_HEADERS = $$find(WIREBIRD_FILES, "^(qt|include)/.*\\.h$")
for(file, WIREBIRD_SOURCES): SOURCES += $$WIREBIRD_ROOT/$$file
for(file, WIREBIRD_HEADERS): HEADERS += $$WIREBIRD_ROOT/$$file
INCLUDEPATH += $$PWD/adapter
