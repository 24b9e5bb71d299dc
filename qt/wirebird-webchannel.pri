# For qmake projects that use Wirebird's sources: QWebChannel over WebSockets, compiled into the
# project.
#
#     include(path/to/wirebird/qt/wirebird-webchannel.pri)

include(wirebird.pri)

QT += webchannel
WIREBIRD_FILES = $$replace($$list($$cat($$PWD/webchannel/sources.cmake)), "[()]", "")
WIREBIRD_SOURCES = $$find(WIREBIRD_FILES, "^qt/.*\\.cpp$")
WIREBIRD_HEADERS = $$find(WIREBIRD_FILES, "^include/.*\\.h$")
for(file, WIREBIRD_SOURCES): SOURCES += $$WIREBIRD_ROOT/$$file
for(file, WIREBIRD_HEADERS): HEADERS += $$WIREBIRD_ROOT/$$file
