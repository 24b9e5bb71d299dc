# The packages that find_package finds, written for the build folder and for the installation:
#
#     Wirebird          its own targets
#     Qt6WebSockets     (or Qt5…) Wirebird::QtWebSocketsCompat under the names of Qt's module;
#                       below Wirebird's folder, so that nobody finds it who doesn't ask for it
#
# WirebirdQmake.cmake and WirebirdPkgConfig.cmake have those of other tools. A Qt 6 and a Qt 5
# build may be installed into the same prefix, one after the other.

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
