# The packages that find_package finds, written for the build folder and for the installation:
#
#     Wirebird          its own targets
#     Qt6WebSockets     (or Qt5…) Wirebird::QtWebSocketsCompat under the names of Qt's module;
#                       below Wirebird's folder, so that nobody finds it who doesn't ask for it
#     qmake's module    for QT += websockets, by QMAKEPATH
#     Qt6WebSockets.pc  (or Qt5…) for pkg-config, by PKG_CONFIG_PATH
#
# A Qt 6 and a Qt 5 build may be installed into the same prefix, one after the other.

include(CMakePackageConfigHelpers)
set(wirebird_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Wirebird")
set(wirebird_build_config_dir "${CMAKE_CURRENT_BINARY_DIR}/cmake/Wirebird")

get_filename_component(wirebird_library_name "${wirebird_library}" NAME)
get_filename_component(wirebird_implib_name "${wirebird_implib}" NAME)
set(wirebird_libdir "${CMAKE_INSTALL_LIBDIR}")
if(BUILD_SHARED_LIBS AND WIN32)
    set(wirebird_libdir "${CMAKE_INSTALL_BINDIR}")
endif()

write_basic_package_version_file(
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
set(include_dir "${CMAKE_INSTALL_INCLUDEDIR}")
set(library "${wirebird_libdir}/${wirebird_library_name}")
set(implib "${CMAKE_INSTALL_LIBDIR}/${wirebird_implib_name}")
configure_package_config_file(
    "${CMAKE_CURRENT_SOURCE_DIR}/cmake/WirebirdConfig.cmake.in"
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfig.cmake"
    INSTALL_DESTINATION "${wirebird_config_dir}"
    PATH_VARS include_dir library implib)

set(include_dir "${CMAKE_CURRENT_SOURCE_DIR}/include")
set(library "${wirebird_library}")
set(implib "${wirebird_implib}")
configure_package_config_file(
    "${CMAKE_CURRENT_SOURCE_DIR}/cmake/WirebirdConfig.cmake.in"
    "${wirebird_build_config_dir}/WirebirdConfig.cmake"
    INSTALL_DESTINATION "${wirebird_build_config_dir}"
    PATH_VARS include_dir library implib)
configure_file("${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfigVersion.cmake"
    "${wirebird_build_config_dir}/WirebirdConfigVersion.cmake" COPYONLY)
if(NOT WIREBIRD_BUILD_QT)
    return()
endif()
export(TARGETS wirebird_qt NAMESPACE Wirebird::
    FILE "${wirebird_build_config_dir}/WirebirdQt${WIREBIRD_QT}Targets.cmake")
if(TARGET wirebird_qml)
    export(TARGETS wirebird_qml NAMESPACE Wirebird::
        FILE "${wirebird_build_config_dir}/WirebirdQml${WIREBIRD_QT}Targets.cmake")
endif()
if(TARGET wirebird_webchannel)
    export(TARGETS wirebird_webchannel NAMESPACE Wirebird::
        FILE "${wirebird_build_config_dir}/WirebirdWebChannel${WIREBIRD_QT}Targets.cmake")
endif()
if(NOT WIREBIRD_BUILD_QTWEBSOCKETS)
    return()
endif()
export(TARGETS wirebird_qtwebsockets NAMESPACE Wirebird::
    FILE "${wirebird_build_config_dir}/WirebirdQtWebSockets${WIREBIRD_QT}Targets.cmake")

# Beside the Config file that is installed as it is, a version: that of the Qt in use.
set(wirebird_qt_package "Qt${WIREBIRD_QT}WebSockets")
set(wirebird_qt_package_dir "${wirebird_build_config_dir}/${wirebird_qt_package}")
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/QtWebSocketsConfig.cmake.in"
    "${wirebird_qt_package_dir}/${wirebird_qt_package}Config.cmake" @ONLY)
write_basic_package_version_file(
    "${wirebird_qt_package_dir}/${wirebird_qt_package}ConfigVersion.cmake"
    VERSION "${Qt${WIREBIRD_QT}Core_VERSION}"
    COMPATIBILITY AnyNewerVersion)

# qmake's modules: one for Qt WebSockets, one below it for what that one needs. A qmake of the
# other major version ignores both.
set(wirebird_qmake_template "${CMAKE_CURRENT_SOURCE_DIR}/cmake/qmake")
set(wirebird_qmake_dir "${CMAKE_CURRENT_BINARY_DIR}/qmake/mkspecs/modules")
set(wirebird_qmake_install_dir "${CMAKE_INSTALL_LIBDIR}/wirebird/qmake${WIREBIRD_QT}/mkspecs/modules")
list(TRANSFORM WIREBIRD_CORE_SYSTEM_LIBRARIES REPLACE "^([^-].*)$" "-l\\1"
    OUTPUT_VARIABLE qmake_system_libraries)
list(JOIN qmake_system_libraries " " qmake_system_libraries)
if(BUILD_SHARED_LIBS)
    set(qmake_config "v2")
    set(qmake_defines "WIREBIRD_QT_SHARED")
    set(qmake_compat_defines "WIREBIRD_QTWEBSOCKETS_SHARED")
else()
    set(qmake_config "v2 staticlib")
    set(qmake_defines "")
    set(qmake_compat_defines "")
endif()
function(wirebird_qmake_modules folder)
    if(BUILD_SHARED_LIBS AND UNIX)
        set(qmake_core "${qmake_core} -Wl,-rpath,${qmake_libdir}")
        if(NOT qmake_core_libdir STREQUAL qmake_libdir)
            set(qmake_core "${qmake_core} -Wl,-rpath,${qmake_core_libdir}")
        endif()
    endif()
    foreach(module IN ITEMS qt_lib_wirebird.pri qt_lib_websockets.pri)
        configure_file("${wirebird_qmake_template}/${module}.in" "${folder}/${module}" @ONLY)
    endforeach()
endfunction()
get_filename_component(qmake_core_libdir "${wirebird_library}" DIRECTORY)
set(qmake_libdir "${CMAKE_CURRENT_BINARY_DIR}")
set(qmake_include "${CMAKE_CURRENT_SOURCE_DIR}/include")
set(qmake_compat_include "${WIREBIRD_QTWEBSOCKETS_INCLUDE}")
set(qmake_core "${wirebird_library}")
wirebird_qmake_modules("${wirebird_qmake_dir}")
file(RELATIVE_PATH to_prefix "/${wirebird_qmake_install_dir}" "/")
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
set(qmake_libdir "$$clean_path($$PWD/${to_prefix}/${CMAKE_INSTALL_LIBDIR})")
set(qmake_core_libdir "${qmake_libdir}")
set(qmake_include "$$clean_path($$PWD/${to_prefix}/${CMAKE_INSTALL_INCLUDEDIR})")
set(qmake_compat_include
    "$$clean_path($$PWD/${to_prefix}/${WIREBIRD_QTWEBSOCKETS_INSTALL_INCLUDE})")
set(qmake_core "${qmake_libdir}/${wirebird_library_name}")
wirebird_qmake_modules("${CMAKE_CURRENT_BINARY_DIR}/qmake/installed")

# pkg-config's file, in a folder of its own as well.
set(wirebird_pkgconfig_install_dir "${CMAKE_INSTALL_LIBDIR}/wirebird/pkgconfig${WIREBIRD_QT}")
set(pc_version "${Qt${WIREBIRD_QT}Core_VERSION}")
set(pc_defines "")
set(pc_system_libraries "")
if(BUILD_SHARED_LIBS)
    set(pc_defines " -DWIREBIRD_QT_SHARED -DWIREBIRD_QTWEBSOCKETS_SHARED")
elseif(qmake_system_libraries)
    set(pc_system_libraries " ${qmake_system_libraries}")
endif()
function(wirebird_pkgconfig folder)
    configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/pkgconfig/QtWebSockets.pc.in"
        "${CMAKE_CURRENT_BINARY_DIR}/${folder}/Qt${WIREBIRD_QT}WebSockets.pc" @ONLY)
endfunction()
set(pc_prefix "${CMAKE_CURRENT_BINARY_DIR}")
set(pc_libdir "\${prefix}")
set(pc_include "${CMAKE_CURRENT_SOURCE_DIR}/include")
set(pc_compat_include "${WIREBIRD_QTWEBSOCKETS_INCLUDE}")
set(pc_core "${wirebird_library}")
wirebird_pkgconfig(pkgconfig)
file(RELATIVE_PATH to_prefix "/${wirebird_pkgconfig_install_dir}" "/")
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
set(pc_prefix "\${pcfiledir}/${to_prefix}")
set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(pc_include "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
set(pc_compat_include "\${prefix}/${WIREBIRD_QTWEBSOCKETS_INSTALL_INCLUDE}")
set(pc_core "\${libdir}/${wirebird_library_name}")
wirebird_pkgconfig(pkgconfig/installed)
