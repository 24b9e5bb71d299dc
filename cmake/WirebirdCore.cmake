# Wirebird::Core: the Rust library, built by cargo.
#
# cargo runs when one of the files named in its depfile has changed, and not otherwise.

include(WirebirdCargo)
option(WIREBIRD_BUILD_STATIC_CORE
    "With BUILD_SHARED_LIBS: build and install the static C library, too" OFF)

set(wirebird_link_args "")
set(wirebird_static "${wirebird_cargo_out}/${CMAKE_STATIC_LIBRARY_PREFIX}wirebird${CMAKE_STATIC_LIBRARY_SUFFIX}")
if(BUILD_SHARED_LIBS)
    set(wirebird_crate_type cdylib)
    set(wirebird_built "${wirebird_cargo_out}/${CMAKE_SHARED_LIBRARY_PREFIX}wirebird${CMAKE_SHARED_LIBRARY_SUFFIX}")
    set(wirebird_soname "libwirebird.so.${WIREBIRD_SOVERSION}")
    if(APPLE)
        set(wirebird_link_args -- "-Clink-arg=-Wl,-install_name,@rpath/libwirebird.dylib")
    elseif(UNIX)
        set(wirebird_link_args -- "-Clink-arg=-Wl,-soname,${wirebird_soname}")
    endif()
else()
    set(wirebird_crate_type staticlib)
    set(wirebird_built "${wirebird_static}")
endif()

set(wirebird_outputs "${wirebird_built}")
set(wirebird_implib "")
if(BUILD_SHARED_LIBS AND WIN32)
    set(wirebird_implib "${wirebird_built}.lib")
    if(MINGW)
        set(wirebird_implib "${wirebird_cargo_out}/libwirebird.dll.a")
    endif()
    list(APPEND wirebird_outputs "${wirebird_implib}")
endif()
if(BUILD_SHARED_LIBS AND WIREBIRD_BUILD_STATIC_CORE)
    string(APPEND wirebird_crate_type ",staticlib")
    list(APPEND wirebird_outputs "${wirebird_static}")
endif()
string(REGEX REPLACE "\\.[^./]*$" ".d" wirebird_depfile "${wirebird_built}")

add_custom_command(
    OUTPUT ${wirebird_outputs}
    COMMAND ${wirebird_cargo_command} --crate-type ${wirebird_crate_type} ${wirebird_link_args}
    DEPENDS
        "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml"
        "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.lock"
    DEPFILE "${wirebird_depfile}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "Building the engine with cargo (${wirebird_cargo_profile})"
    VERBATIM)

# The library under the name that is installed and that programs load.
set(wirebird_library "${wirebird_built}")
set(wirebird_shared_files "")
if(BUILD_SHARED_LIBS AND UNIX AND NOT APPLE)
    set(wirebird_library "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so.${PROJECT_VERSION}")
    set(wirebird_shared_files
        "${CMAKE_CURRENT_BINARY_DIR}/lib/${wirebird_soname}"
        "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so")
    file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/lib")
    add_custom_command(
        OUTPUT "${wirebird_library}" ${wirebird_shared_files}
        COMMAND "${CMAKE_COMMAND}" -E copy "${wirebird_built}" "${wirebird_library}"
        COMMAND "${CMAKE_COMMAND}" -E create_symlink "libwirebird.so.${PROJECT_VERSION}"
            "${CMAKE_CURRENT_BINARY_DIR}/lib/${wirebird_soname}"
        COMMAND "${CMAKE_COMMAND}" -E create_symlink "${wirebird_soname}"
            "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so"
        DEPENDS "${wirebird_built}"
        VERBATIM)
endif()

# What Rust's standard library needs of the system (rustc --print native-static-libs).
if(WIN32)
    set(wirebird_system_libraries kernel32 ntdll userenv ws2_32 dbghelp bcrypt advapi32)
elseif(APPLE)
    set(wirebird_system_libraries "-framework CoreFoundation" iconv)
else()
    set(wirebird_system_libraries gcc_s util rt pthread m dl c)
endif()
set(WIREBIRD_CORE_SYSTEM_LIBRARIES "")
if(NOT BUILD_SHARED_LIBS)
    set(WIREBIRD_CORE_SYSTEM_LIBRARIES "${wirebird_system_libraries}")
endif()

add_custom_target(wirebird_cargo DEPENDS "${wirebird_library}")
# Imported under its public name: exported targets that link it carry a name users have, too.
if(BUILD_SHARED_LIBS)
    add_library(Wirebird::Core SHARED IMPORTED GLOBAL)
    if(UNIX AND NOT APPLE)
        set_target_properties(Wirebird::Core PROPERTIES IMPORTED_SONAME "${wirebird_soname}")
    endif()
    if(wirebird_implib)
        set_target_properties(Wirebird::Core PROPERTIES IMPORTED_IMPLIB "${wirebird_implib}")
    endif()
else()
    add_library(Wirebird::Core STATIC IMPORTED GLOBAL)
endif()
set_target_properties(Wirebird::Core PROPERTIES
    IMPORTED_LOCATION "${wirebird_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include"
    INTERFACE_LINK_LIBRARIES "${WIREBIRD_CORE_SYSTEM_LIBRARIES}")
add_dependencies(Wirebird::Core wirebird_cargo)
