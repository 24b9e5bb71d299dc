# Install rules: headers, libraries and the package that find_package(Wirebird) reads.
#
# A Qt 6 and a Qt 5 build may be installed into the same prefix, one after the other.

include(CMakePackageConfigHelpers)
set(wirebird_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Wirebird")

install(FILES "${CMAKE_CURRENT_SOURCE_DIR}/include/wirebird/wirebird.h"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird")
if(BUILD_SHARED_LIBS AND WIN32)
    install(FILES "${wirebird_library}" DESTINATION "${CMAKE_INSTALL_BINDIR}")
    install(FILES "${wirebird_implib}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
elseif(BUILD_SHARED_LIBS)
    install(PROGRAMS "${wirebird_library}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    if(NOT APPLE)
        install(FILES "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    endif()
else()
    install(FILES "${wirebird_library}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()

if(WIREBIRD_BUILD_QT)
    foreach(header IN LISTS WIREBIRD_QT_HEADERS)
        if(header MATCHES "/include/wirebird/")
            install(FILES "${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird")
        endif()
    endforeach()
    install(TARGETS wirebird_qt EXPORT WirebirdQt${WIREBIRD_QT}Targets)
    install(EXPORT WirebirdQt${WIREBIRD_QT}Targets
        NAMESPACE Wirebird::
        DESTINATION "${wirebird_config_dir}")
endif()

get_filename_component(wirebird_library_name "${wirebird_library}" NAME)
get_filename_component(wirebird_implib_name "${wirebird_implib}" NAME)
set(wirebird_libdir "${CMAKE_INSTALL_LIBDIR}")
if(BUILD_SHARED_LIBS AND WIN32)
    set(wirebird_libdir "${CMAKE_INSTALL_BINDIR}")
endif()
configure_package_config_file(
    "${CMAKE_CURRENT_SOURCE_DIR}/cmake/WirebirdConfig.cmake.in"
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfig.cmake"
    INSTALL_DESTINATION "${wirebird_config_dir}"
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR wirebird_libdir)
write_basic_package_version_file(
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfigVersion.cmake"
    DESTINATION "${wirebird_config_dir}")
install(FILES
    "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-MIT" "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-APACHE"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/wirebird")
