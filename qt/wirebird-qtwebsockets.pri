# For qmake projects that use Wirebird's sources: the classes for Qt under Qt WebSockets' names,
# compiled into the project. The module in qt/mkspecs includes it.

include(wirebird.pri)

WIREBIRD_FILES = $$replace($$list($$cat($$PWD/compat/sources.cmake)), "[()]", "")
WIREBIRD_SOURCES = $$find(WIREBIRD_FILES, "^qt/.*\\.cpp$")
WIREBIRD_HEADERS = $$find(WIREBIRD_FILES, "^qt/.*\\.h$")
for(file, WIREBIRD_SOURCES): SOURCES += $$WIREBIRD_ROOT/$$file
for(file, WIREBIRD_HEADERS): HEADERS += $$WIREBIRD_ROOT/$$file
INCLUDEPATH = $$PWD/compat/include $$PWD/compat/include/QtWebSockets $$INCLUDEPATH
