# Install rules: headers, libraries and the packages of the files beside this one.
#
# Components: what runs (core, qt, qml, qmlmodule, qtwebsockets, qmlmodule_qtwebsockets) and what
# others are built with (core_devel, qt_devel, qtwebsockets_devel). All is installed by default.

install(FILES "${CMAKE_CURRENT_SOURCE_DIR}/include/wirebird/wirebird.h"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird" COMPONENT core_devel)
if(BUILD_SHARED_LIBS AND WIN32)
    install(FILES "${wirebird_library}" DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT core)
    install(FILES "${wirebird_implib}"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT core_devel)
elseif(BUILD_SHARED_LIBS)
    install(FILES "${wirebird_library}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT core)
    if(NOT APPLE)
        install(FILES "${CMAKE_CURRENT_BINARY_DIR}/lib/${wirebird_soname}"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT core)
        install(FILES "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT core_devel)
    endif()
    if(WIREBIRD_BUILD_STATIC_CORE)
        install(FILES "${wirebird_static}"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT core_devel)
    endif()
else()
    install(FILES "${wirebird_library}"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT core_devel)
endif()

# A library of CMake's, its target for find_package, and the component of each.
function(wirebird_install_library target export component devel)
    install(TARGETS ${target} EXPORT ${export}
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${component}
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component}
            NAMELINK_COMPONENT ${devel}
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${devel})
    install(EXPORT ${export} NAMESPACE Wirebird::
        DESTINATION "${wirebird_config_dir}" COMPONENT ${devel})
endfunction()

if(WIREBIRD_BUILD_QT)
    foreach(header IN LISTS WIREBIRD_QT_HEADERS)
        if(header MATCHES "/include/wirebird/")
            install(FILES "${header}"
                DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird" COMPONENT qt_devel)
        endif()
    endforeach()
    wirebird_install_library(wirebird_qt WirebirdQt${WIREBIRD_QT}Targets qt qt_devel)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/qmake/installed/qt_lib_wirebird.pri"
        DESTINATION "${wirebird_qmake_install_dir}" COMPONENT qt_devel)
endif()
if(TARGET wirebird_qml)
    install(FILES ${WIREBIRD_QML_HEADERS}
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird" COMPONENT qt_devel)
    install(FILES "${WIREBIRD_QML_REGISTER}"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/wirebird" COMPONENT qt_devel)
    wirebird_install_library(wirebird_qml WirebirdQml${WIREBIRD_QT}Targets qml qt_devel)
endif()
if(TARGET wirebird_webchannel)
    install(FILES ${WIREBIRD_WEBCHANNEL_HEADERS}
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird" COMPONENT webchannel_devel)
    wirebird_install_library(wirebird_webchannel WirebirdWebChannel${WIREBIRD_QT}Targets
        webchannel webchannel_devel)
endif()
if(WIREBIRD_BUILD_QT AND WIREBIRD_BUILD_QTWEBSOCKETS)
    install(DIRECTORY "${WIREBIRD_QTWEBSOCKETS_INCLUDE}/"
        DESTINATION "${WIREBIRD_QTWEBSOCKETS_INSTALL_INCLUDE}" COMPONENT qtwebsockets_devel)
    wirebird_install_library(wirebird_qtwebsockets WirebirdQtWebSockets${WIREBIRD_QT}Targets
        qtwebsockets qtwebsockets_devel)
    install(DIRECTORY "${wirebird_qt_package_dir}"
        DESTINATION "${wirebird_config_dir}" COMPONENT qtwebsockets_devel)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/qmake/installed/qt_lib_websockets.pri"
        DESTINATION "${wirebird_qmake_install_dir}" COMPONENT qtwebsockets_devel)
    install(DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/pkgconfig/installed/"
        DESTINATION "${wirebird_pkgconfig_install_dir}" COMPONENT qtwebsockets_devel)
endif()

install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfigVersion.cmake"
    DESTINATION "${wirebird_config_dir}" COMPONENT core_devel)
foreach(file IN LISTS wirebird_pc_files)
    set(component core_devel)
    if(file MATCHES "wirebird-qt")
        set(component qt_devel)
    endif()
    install(FILES "${file}" DESTINATION "${wirebird_pc_dir}" COMPONENT ${component})
endforeach()
install(FILES
    "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-MIT" "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-APACHE"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/wirebird" COMPONENT licenses)
