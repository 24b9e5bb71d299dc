# Debian packages of an installation's components, by CPack: cmake/deb.sh (`make deb`) configures
# and builds what they are made of.

set(WIREBIRD_DEBIAN_MAINTAINER "Wirebird packages <packages@wirebird.invalid>" CACHE STRING
    "Maintainer that the Debian packages name")
set(wirebird_deb_version "${PROJECT_VERSION}-1")
set(so "${WIREBIRD_SOVERSION}")
set(qt "${WIREBIRD_QT}")
set(same "(= ${wirebird_deb_version})")
if(qt EQUAL 6)
    set(qml_prefix qml6-module)
    set(qt_devel "qt6-base-dev")
    set(qml_devel "qt6-declarative-dev")
    set(webchannel_devel "qt6-webchannel-dev")
    set(other_qt 5)
else()
    set(qml_prefix qml-module)
    set(qt_devel "qtbase5-dev")
    set(qml_devel "qtdeclarative5-dev")
    set(webchannel_devel "libqt5webchannel5-dev")
    set(other_qt 6)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME wirebird)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "${WIREBIRD_DEBIAN_MAINTAINER}")
set(CPACK_PACKAGE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/packages")
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SOURCE "wirebird")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Where what the packages' libraries need of each other is found before it is installed.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS
    "${CMAKE_CURRENT_BINARY_DIR};${CMAKE_CURRENT_BINARY_DIR}/lib")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_COMPONENTS_ALL "")

# Each package has its licence and its changes.
string(TIMESTAMP date "%a, %d %b %Y 00:00:00 +0000" UTC)
file(READ "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-MIT" mit)
string(REGEX MATCH "[0-9]+ [^\n]+" copyright_holder "${mit}")
string(REGEX REPLACE "^.*Copyright[^\n]*\n\n" "" mit "${mit}")
string(REGEX REPLACE "\n\n" "\n.\n" mit "${mit}")
string(REGEX REPLACE "\n" "\n " mit "${mit}")
string(STRIP "${mit}" mit)
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/debian/copyright.in"
    "${CMAKE_CURRENT_BINARY_DIR}/debian/copyright" @ONLY)
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/debian/changelog.in"
    "${CMAKE_CURRENT_BINARY_DIR}/debian/changelog" @ONLY)
execute_process(COMMAND gzip -9nc "${CMAKE_CURRENT_BINARY_DIR}/debian/changelog"
    OUTPUT_FILE "${CMAKE_CURRENT_BINARY_DIR}/debian/changelog.Debian.gz")

# wirebird_deb(COMPONENT PACKAGE SECTION SUMMARY DEPENDENCY…): one package.
macro(wirebird_deb component package section summary)
    string(TOUPPER "${component}" upper)
    list(APPEND CPACK_COMPONENTS_ALL ${component})
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME "${package}")
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION "${section}")
    set(CPACK_COMPONENT_${upper}_DESCRIPTION
        "${summary}\nWirebird has WebSocket servers and clients (RFC 6455) for Qt, C++ and\nC. Its \
engine runs on threads of its own.")
    set(depends ${ARGN})
    list(JOIN depends ", " CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS)
    if("${package}" MATCHES "^lib.*[0-9]$")
        set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA
            "${CMAKE_CURRENT_SOURCE_DIR}/cmake/debian/triggers")
    endif()
    install(FILES
        "${CMAKE_CURRENT_BINARY_DIR}/debian/copyright"
        "${CMAKE_CURRENT_BINARY_DIR}/debian/changelog.Debian.gz"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${package}" COMPONENT ${component})
endmacro()

wirebird_deb(core libwirebird${so} libs "WebSocket servers and clients: C library")
wirebird_deb(core_devel libwirebird-dev libdevel
    "WebSocket servers and clients: development files for C" "libwirebird${so} ${same}")
# CMake strips its own targets alone.
install(CODE "execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-unneeded
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libwirebird.so.${PROJECT_VERSION}\")"
    COMPONENT core)
if(WIREBIRD_BUILD_STATIC_CORE)
    install(CODE "execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-debug
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libwirebird.a\")"
        COMPONENT core_devel)
endif()

if(WIREBIRD_BUILD_QT)
    wirebird_deb(qt libwirebird-qt${qt}-${so} libs
        "WebSocket servers and clients: Qt ${qt} library" "libwirebird${so} ${same}")
    set(qt_devel_depends "libwirebird-dev ${same}" "libwirebird-qt${qt}-${so} ${same}" ${qt_devel})
    if(TARGET wirebird_qml)
        wirebird_deb(qml libwirebird-qml${qt}-${so} libs
            "WebSocket servers and clients: QML types for Qt ${qt}"
            "libwirebird-qt${qt}-${so} ${same}")
        wirebird_deb(qmlmodule ${qml_prefix}-wirebird libs
            "WebSocket servers and clients: QML module for Qt ${qt}"
            "libwirebird-qt${qt}-${so} ${same}")
        list(APPEND qt_devel_depends "libwirebird-qml${qt}-${so} ${same}")
        set(CPACK_DEBIAN_QT_DEVEL_PACKAGE_RECOMMENDS "${qml_devel}")
    endif()
    wirebird_deb(qt_devel libwirebird-qt${qt}-dev libdevel
        "WebSocket servers and clients: development files for Qt ${qt}" ${qt_devel_depends})
    # The headers are the same files.
    set(CPACK_DEBIAN_QT_DEVEL_PACKAGE_CONFLICTS "libwirebird-qt${other_qt}-dev")
endif()
if(TARGET wirebird_webchannel)
    wirebird_deb(webchannel libwirebird-webchannel${qt}-${so} libs
        "QWebChannel over WebSockets: library" "libwirebird-qt${qt}-${so} ${same}")
    wirebird_deb(webchannel_devel libwirebird-webchannel${qt}-dev libdevel
        "QWebChannel over WebSockets: development files"
        "libwirebird-qt${qt}-dev ${same}" "libwirebird-webchannel${qt}-${so} ${same}"
        ${webchannel_devel})
    set(CPACK_DEBIAN_WEBCHANNEL_DEVEL_PACKAGE_CONFLICTS "libwirebird-webchannel${other_qt}-dev")
endif()
if(TARGET wirebird_qtwebsockets)
    wirebird_deb(qtwebsockets libwirebird-qtwebsockets${qt}-${so} libs
        "Qt WebSockets' classes by Wirebird: library" "libwirebird-qt${qt}-${so} ${same}")
    wirebird_deb(qtwebsockets_devel libwirebird-qtwebsockets${qt}-dev libdevel
        "Qt WebSockets' classes by Wirebird: development files"
        "libwirebird-qt${qt}-dev ${same}" "libwirebird-qtwebsockets${qt}-${so} ${same}")
    set(CPACK_DEBIAN_QTWEBSOCKETS_DEVEL_PACKAGE_CONFLICTS
        "libwirebird-qtwebsockets${other_qt}-dev")
    if(TARGET wirebird_qmlwebsockets)
        wirebird_deb(qmlmodule_qtwebsockets ${qml_prefix}-wirebird-qtwebsockets libs
            "Qt WebSockets' QML types by Wirebird" "libwirebird-qtwebsockets${qt}-${so} ${same}")
    endif()
endif()
include(CPack)
