# Wirebird::Core: the Rust library, built by cargo.
#
# cargo runs when one of the files named in its depfile has changed, and not otherwise.

set(WIREBIRD_CARGO_PROFILE "release" CACHE STRING "Profile that cargo builds with")
set(WIREBIRD_CARGO_TARGET_DIR "${CMAKE_CURRENT_BINARY_DIR}/cargo" CACHE PATH
    "Where cargo builds; several CMake builds may share it")
set(WIREBIRD_CARGO_FLAGS "" CACHE STRING "Further arguments of cargo: --offline, --target …")

find_program(WIREBIRD_CARGO cargo HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin"
    DOC "cargo, Rust's build tool, 1.88 or newer")
if(NOT WIREBIRD_CARGO)
    message(FATAL_ERROR "cargo was not found. Wirebird needs a Rust toolchain, 1.88 or newer: "
        "install one from https://rustup.rs or your distribution, or set WIREBIRD_CARGO.")
endif()
execute_process(COMMAND "${WIREBIRD_CARGO}" --version
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    OUTPUT_VARIABLE wirebird_cargo_version ERROR_QUIET)
if(wirebird_cargo_version MATCHES "cargo ([0-9.]+)" AND CMAKE_MATCH_1 VERSION_LESS 1.88)
    message(FATAL_ERROR "${WIREBIRD_CARGO} is ${CMAKE_MATCH_1}; Wirebird needs 1.88 or newer.")
endif()

if(WIREBIRD_CARGO_PROFILE STREQUAL "dev")
    set(wirebird_cargo_folder debug)
else()
    set(wirebird_cargo_folder "${WIREBIRD_CARGO_PROFILE}")
endif()
separate_arguments(wirebird_cargo_flags NATIVE_COMMAND "${WIREBIRD_CARGO_FLAGS}")
get_filename_component(wirebird_cargo_dir "${WIREBIRD_CARGO_TARGET_DIR}" ABSOLUTE
    BASE_DIR "${CMAKE_BINARY_DIR}")
set(wirebird_cargo_out "${wirebird_cargo_dir}/${wirebird_cargo_folder}")
if(wirebird_cargo_flags MATCHES "--target[=;]([^;]+)")
    set(wirebird_cargo_out "${wirebird_cargo_dir}/${CMAKE_MATCH_1}/${wirebird_cargo_folder}")
endif()

set(wirebird_link_args "")
if(BUILD_SHARED_LIBS)
    set(wirebird_crate_type cdylib)
    set(wirebird_built "${wirebird_cargo_out}/${CMAKE_SHARED_LIBRARY_PREFIX}wirebird${CMAKE_SHARED_LIBRARY_SUFFIX}")
    # Before 1.0 every minor release may break the ABI.
    set(wirebird_soname
        "libwirebird.so.${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
    if(APPLE)
        set(wirebird_link_args -- "-Clink-arg=-Wl,-install_name,@rpath/libwirebird.dylib")
    elseif(UNIX)
        set(wirebird_link_args -- "-Clink-arg=-Wl,-soname,${wirebird_soname}")
    endif()
else()
    set(wirebird_crate_type staticlib)
    set(wirebird_built "${wirebird_cargo_out}/${CMAKE_STATIC_LIBRARY_PREFIX}wirebird${CMAKE_STATIC_LIBRARY_SUFFIX}")
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
string(REGEX REPLACE "\\.[^./]*$" ".d" wirebird_depfile "${wirebird_built}")

add_custom_command(
    OUTPUT ${wirebird_outputs}
    COMMAND "${CMAKE_COMMAND}" -E env "CARGO_TARGET_DIR=${wirebird_cargo_dir}"
        "${WIREBIRD_CARGO}" rustc --locked --lib --crate-type ${wirebird_crate_type}
        --profile "${WIREBIRD_CARGO_PROFILE}" ${wirebird_cargo_flags} ${wirebird_link_args}
    DEPENDS
        "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml"
        "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.lock"
    DEPFILE "${wirebird_depfile}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "Building the engine with cargo (${WIREBIRD_CARGO_PROFILE})"
    VERBATIM)

# The library under the name that is installed and that programs load.
set(wirebird_library "${wirebird_built}")
if(BUILD_SHARED_LIBS AND UNIX AND NOT APPLE)
    set(wirebird_library "${CMAKE_CURRENT_BINARY_DIR}/lib/${wirebird_soname}")
    file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/lib")
    add_custom_command(
        OUTPUT "${wirebird_library}" "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so"
        COMMAND "${CMAKE_COMMAND}" -E copy "${wirebird_built}" "${wirebird_library}"
        COMMAND "${CMAKE_COMMAND}" -E create_symlink "${wirebird_soname}"
            "${CMAKE_CURRENT_BINARY_DIR}/lib/libwirebird.so"
        DEPENDS "${wirebird_built}"
        VERBATIM)
endif()

# What Rust's standard library needs of the system (rustc --print native-static-libs).
set(WIREBIRD_CORE_SYSTEM_LIBRARIES "")
if(NOT BUILD_SHARED_LIBS)
    if(WIN32)
        set(WIREBIRD_CORE_SYSTEM_LIBRARIES
            kernel32 ntdll userenv ws2_32 dbghelp bcrypt advapi32)
    elseif(APPLE)
        set(WIREBIRD_CORE_SYSTEM_LIBRARIES "-framework CoreFoundation" iconv)
    else()
        set(WIREBIRD_CORE_SYSTEM_LIBRARIES gcc_s util rt pthread m dl c)
    endif()
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
