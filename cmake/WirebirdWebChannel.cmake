# Wirebird::WebChannel: QWebChannel over WebSockets. Where Qt WebChannel is found.

find_package(Qt${WIREBIRD_QT} QUIET OPTIONAL_COMPONENTS WebChannel)
if(NOT TARGET Qt${WIREBIRD_QT}::WebChannel)
    message(STATUS "Qt WebChannel was not found: Wirebird::WebChannel is left out")
    return()
endif()

include("${CMAKE_CURRENT_SOURCE_DIR}/qt/webchannel/sources.cmake")
foreach(list IN ITEMS SOURCES HEADERS)
    list(TRANSFORM WIREBIRD_WEBCHANNEL_${list} PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
endforeach()

add_library(wirebird_webchannel ${WIREBIRD_WEBCHANNEL_SOURCES} ${WIREBIRD_WEBCHANNEL_HEADERS})
add_library(Wirebird::WebChannel ALIAS wirebird_webchannel)
set_target_properties(wirebird_webchannel PROPERTIES
    EXPORT_NAME WebChannel
    OUTPUT_NAME WirebirdWebChannel${WIREBIRD_QT}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${WIREBIRD_SOVERSION}
    AUTOMOC ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>"
    POSITION_INDEPENDENT_CODE ON)
target_compile_definitions(wirebird_webchannel PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII)
if(BUILD_SHARED_LIBS)
    target_compile_definitions(wirebird_webchannel
        PRIVATE WIREBIRD_WEBCHANNEL_BUILD INTERFACE WIREBIRD_WEBCHANNEL_SHARED)
endif()
target_link_libraries(wirebird_webchannel PUBLIC Wirebird::Qt Qt${WIREBIRD_QT}::WebChannel)
wirebird_export_own_classes(wirebird_webchannel)
