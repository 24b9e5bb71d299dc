# Install rules: headers, libraries and the packages of WirebirdPackages.cmake.

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
if(TARGET wirebird_qml)
    install(FILES ${WIREBIRD_QML_HEADERS} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird")
    install(FILES "${WIREBIRD_QML_REGISTER}" DESTINATION "${CMAKE_INSTALL_DATADIR}/wirebird")
    install(TARGETS wirebird_qml EXPORT WirebirdQml${WIREBIRD_QT}Targets)
    install(EXPORT WirebirdQml${WIREBIRD_QT}Targets
        NAMESPACE Wirebird::
        DESTINATION "${wirebird_config_dir}")
endif()
if(TARGET wirebird_webchannel)
    install(FILES ${WIREBIRD_WEBCHANNEL_HEADERS}
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wirebird")
    install(TARGETS wirebird_webchannel EXPORT WirebirdWebChannel${WIREBIRD_QT}Targets)
    install(EXPORT WirebirdWebChannel${WIREBIRD_QT}Targets
        NAMESPACE Wirebird::
        DESTINATION "${wirebird_config_dir}")
endif()
if(WIREBIRD_BUILD_QT AND WIREBIRD_BUILD_QTWEBSOCKETS)
    install(DIRECTORY "${WIREBIRD_QTWEBSOCKETS_INCLUDE}/"
        DESTINATION "${WIREBIRD_QTWEBSOCKETS_INSTALL_INCLUDE}")
    install(TARGETS wirebird_qtwebsockets EXPORT WirebirdQtWebSockets${WIREBIRD_QT}Targets)
    install(EXPORT WirebirdQtWebSockets${WIREBIRD_QT}Targets
        NAMESPACE Wirebird::
        DESTINATION "${wirebird_config_dir}")
    install(DIRECTORY "${wirebird_qt_package_dir}" DESTINATION "${wirebird_config_dir}")
    install(DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/qmake/installed/"
        DESTINATION "${wirebird_qmake_install_dir}")
    install(DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/pkgconfig/installed/"
        DESTINATION "${wirebird_pkgconfig_install_dir}")
endif()

install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/WirebirdConfigVersion.cmake"
    DESTINATION "${wirebird_config_dir}")
install(FILES
    "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-MIT" "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE-APACHE"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/wirebird")
