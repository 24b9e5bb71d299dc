# Wirebird::Qt: the C++ adapter, for the Qt that WIREBIRD_QT_VERSION names.

if(WIREBIRD_QT_VERSION)
    find_package(Qt${WIREBIRD_QT_VERSION} REQUIRED COMPONENTS Core Network)
    set(wirebird_qt ${WIREBIRD_QT_VERSION})
else()
    find_package(Qt6 QUIET COMPONENTS Core Network)
    if(Qt6_FOUND)
        set(wirebird_qt 6)
    else()
        find_package(Qt5 5.15 QUIET COMPONENTS Core Network)
        if(NOT Qt5_FOUND)
            message(FATAL_ERROR "Neither Qt 6 nor Qt 5.15 was found (modules Core and Network). "
                "Install one (Debian: qt6-base-dev), name its folder in CMAKE_PREFIX_PATH, "
                "or switch the adapter off by -DWIREBIRD_BUILD_QT=OFF.")
        endif()
        set(wirebird_qt 5)
    endif()
endif()
set(WIREBIRD_QT ${wirebird_qt} CACHE INTERNAL "Major version of the Qt in use")
set(WIREBIRD_QML_DIR "${CMAKE_CURRENT_BINARY_DIR}/qml" CACHE INTERNAL "QML import path of this build")

# Templates of Qt and C++ that were instantiated in a library are nobody else's business.
set(wirebird_exports "${CMAKE_CURRENT_BINARY_DIR}/exports.map")
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/exports.map.in" "${wirebird_exports}" @ONLY)
function(wirebird_export_own_classes target)
    if(BUILD_SHARED_LIBS AND UNIX AND NOT APPLE)
        target_link_options(${target} PRIVATE "LINKER:--version-script=${wirebird_exports}")
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${wirebird_exports}")
    endif()
endfunction()

include("${CMAKE_CURRENT_SOURCE_DIR}/qt/adapter/sources.cmake")
list(TRANSFORM WIREBIRD_QT_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
list(TRANSFORM WIREBIRD_QT_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")

add_library(wirebird_qt ${WIREBIRD_QT_SOURCES} ${WIREBIRD_QT_HEADERS})
add_library(Wirebird::Qt ALIAS wirebird_qt)
set_target_properties(wirebird_qt PROPERTIES
    EXPORT_NAME Qt
    OUTPUT_NAME WirebirdQt${wirebird_qt}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${WIREBIRD_SOVERSION}
    AUTOMOC ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    # Finds the engine beside it.
    INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>"
    POSITION_INDEPENDENT_CODE ON)
target_compile_features(wirebird_qt PUBLIC cxx_std_17)
target_compile_definitions(wirebird_qt PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII)
if(BUILD_SHARED_LIBS)
    target_compile_definitions(wirebird_qt PRIVATE WIREBIRD_QT_BUILD INTERFACE WIREBIRD_QT_SHARED)
endif()
target_include_directories(wirebird_qt
    PUBLIC
        "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>"
        "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    PRIVATE
        "${CMAKE_CURRENT_SOURCE_DIR}/qt/adapter")
target_link_libraries(wirebird_qt
    PUBLIC Wirebird::Core Qt${wirebird_qt}::Core Qt${wirebird_qt}::Network)
wirebird_export_own_classes(wirebird_qt)
