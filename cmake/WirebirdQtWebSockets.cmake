# Wirebird::QtWebSocketsCompat: Qt WebSockets' classes under their own names, and the QML module
# QtWebSockets where Qt's Qml is found.

include("${CMAKE_CURRENT_SOURCE_DIR}/qt/compat/sources.cmake")
list(TRANSFORM WIREBIRD_QTWEBSOCKETS_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
list(TRANSFORM WIREBIRD_QTWEBSOCKETS_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")

# Away from the other headers: whoever wants Qt's own must not find these.
set(WIREBIRD_QTWEBSOCKETS_INCLUDE "${CMAKE_CURRENT_SOURCE_DIR}/qt/compat/include")
set(WIREBIRD_QTWEBSOCKETS_INSTALL_INCLUDE "${CMAKE_INSTALL_INCLUDEDIR}/wirebird/qtwebsockets")

add_library(wirebird_qtwebsockets
    ${WIREBIRD_QTWEBSOCKETS_SOURCES} ${WIREBIRD_QTWEBSOCKETS_HEADERS})
add_library(Wirebird::QtWebSocketsCompat ALIAS wirebird_qtwebsockets)
set_target_properties(wirebird_qtwebsockets PROPERTIES
    EXPORT_NAME QtWebSocketsCompat
    OUTPUT_NAME WirebirdQtWebSockets${WIREBIRD_QT}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${WIREBIRD_SOVERSION}
    AUTOMOC ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>"
    POSITION_INDEPENDENT_CODE ON)
target_compile_definitions(wirebird_qtwebsockets
    PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII
    INTERFACE QT_WEBSOCKETS_LIB)
if(BUILD_SHARED_LIBS)
    target_compile_definitions(wirebird_qtwebsockets
        PRIVATE WIREBIRD_QTWEBSOCKETS_BUILD INTERFACE WIREBIRD_QTWEBSOCKETS_SHARED)
endif()
set(include "${WIREBIRD_QTWEBSOCKETS_INCLUDE}")
set(installed_include "${WIREBIRD_QTWEBSOCKETS_INSTALL_INCLUDE}")
target_include_directories(wirebird_qtwebsockets
    PUBLIC
        "$<BUILD_INTERFACE:${include};${include}/QtWebSockets>"
        "$<INSTALL_INTERFACE:${installed_include};${installed_include}/QtWebSockets>"
    PRIVATE
        "${CMAKE_CURRENT_SOURCE_DIR}/qt/adapter")
target_link_libraries(wirebird_qtwebsockets PUBLIC Wirebird::Qt)
wirebird_export_own_classes(wirebird_qtwebsockets)

find_package(Qt${WIREBIRD_QT} QUIET OPTIONAL_COMPONENTS Qml)
if(TARGET Qt${WIREBIRD_QT}::Qml)
    add_subdirectory("${CMAKE_CURRENT_SOURCE_DIR}/qt/compat/qml")
else()
    message(STATUS "Qt's module Qml was not found: the QML module QtWebSockets is left out")
endif()
