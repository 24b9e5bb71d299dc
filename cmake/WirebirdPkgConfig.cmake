# pkg-config's files:
#
#     wirebird.pc       the C ABI
#     wirebird-qt6.pc   (or -qt5) the C++ classes
#     Qt6WebSockets.pc  (or Qt5…) Qt WebSockets' classes by Wirebird, in a folder of its own; for
#                       the build folder, too
#
# Prefixes are said relative to the files: an installation may be moved.

list(TRANSFORM wirebird_system_libraries REPLACE "^([^-].*)$" "-l\\1"
    OUTPUT_VARIABLE pc_system_libraries)
list(JOIN pc_system_libraries " " pc_system_libraries)
set(pc_libs "")
set(pc_libs_private "")
if(NOT BUILD_SHARED_LIBS)
    # Nothing but the static library is there: nobody gets along without them.
    set(pc_libs " ${pc_system_libraries}")
elseif(WIREBIRD_BUILD_STATIC_CORE)
    set(pc_libs_private "${pc_system_libraries}")
endif()

set(wirebird_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(wirebird_pc_files "${CMAKE_CURRENT_BINARY_DIR}/pc/wirebird.pc")
file(RELATIVE_PATH to_prefix "/${wirebird_pc_dir}" "/")
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
set(pc_prefix "\${pcfiledir}/${to_prefix}")
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/pkgconfig/wirebird.pc.in"
    "${CMAKE_CURRENT_BINARY_DIR}/pc/wirebird.pc" @ONLY)
if(NOT WIREBIRD_BUILD_QT)
    return()
endif()
set(pc_defines "")
if(BUILD_SHARED_LIBS)
    set(pc_defines " -DWIREBIRD_QT_SHARED")
endif()
list(APPEND wirebird_pc_files "${CMAKE_CURRENT_BINARY_DIR}/pc/wirebird-qt${WIREBIRD_QT}.pc")
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/pkgconfig/wirebird-qt.pc.in"
    "${CMAKE_CURRENT_BINARY_DIR}/pc/wirebird-qt${WIREBIRD_QT}.pc" @ONLY)
if(NOT WIREBIRD_BUILD_QTWEBSOCKETS)
    return()
endif()

set(wirebird_pkgconfig_install_dir "${CMAKE_INSTALL_LIBDIR}/wirebird/pkgconfig${WIREBIRD_QT}")
set(pc_version "${Qt${WIREBIRD_QT}Core_VERSION}")
if(BUILD_SHARED_LIBS)
    string(APPEND pc_defines " -DWIREBIRD_QTWEBSOCKETS_SHARED")
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
