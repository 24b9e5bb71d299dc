# Wirebird::Qml: the QML types, for programs that link them, and a plugin with the same types for
# programs that find them by QML's import path. Where Qt's Qml is found.

find_package(Qt${WIREBIRD_QT} QUIET OPTIONAL_COMPONENTS Qml)
if(NOT TARGET Qt${WIREBIRD_QT}::Qml)
    message(STATUS "Qt's module Qml was not found: the QML module Wirebird is left out")
    return()
endif()

include("${CMAKE_CURRENT_SOURCE_DIR}/qt/qml/sources.cmake")
foreach(list IN ITEMS SOURCES REGISTRATION HEADERS)
    list(TRANSFORM WIREBIRD_QML_${list} PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
endforeach()
set(WIREBIRD_QML_REGISTER "${CMAKE_CURRENT_SOURCE_DIR}/qt/qml/register.cpp")
set(WIREBIRD_QML_INSTALL_REGISTER "${CMAKE_INSTALL_DATADIR}/wirebird/register.cpp")

add_library(wirebird_qml
    ${WIREBIRD_QML_SOURCES} ${WIREBIRD_QML_REGISTRATION} ${WIREBIRD_QML_HEADERS})
add_library(Wirebird::Qml ALIAS wirebird_qml)
set_target_properties(wirebird_qml PROPERTIES
    EXPORT_NAME Qml
    OUTPUT_NAME WirebirdQml${WIREBIRD_QT}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${WIREBIRD_SOVERSION}
    AUTOMOC ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>"
    POSITION_INDEPENDENT_CODE ON)
target_compile_definitions(wirebird_qml PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII)
if(BUILD_SHARED_LIBS)
    target_compile_definitions(wirebird_qml PRIVATE WIREBIRD_QML_BUILD INTERFACE WIREBIRD_QML_SHARED)
endif()
target_link_libraries(wirebird_qml PUBLIC Wirebird::Qt Qt${WIREBIRD_QT}::Qml)
wirebird_export_own_classes(wirebird_qml)
# What registers the types is compiled into the program: nothing in a library would be linked.
target_sources(wirebird_qml INTERFACE
    "$<BUILD_INTERFACE:${WIREBIRD_QML_REGISTER}>"
    "$<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${WIREBIRD_QML_INSTALL_REGISTER}>")

set(WIREBIRD_INSTALL_QMLDIR "${CMAKE_INSTALL_LIBDIR}/wirebird/qml${WIREBIRD_QT}" CACHE STRING
    "Folder of QML's import path that the module Wirebird is installed to, below the prefix")
add_subdirectory("${CMAKE_CURRENT_SOURCE_DIR}/qt/qml")
