# cargo: which one, with which profile, for which target, and with which arguments.

set(WIREBIRD_CARGO_PROFILE "" CACHE STRING
    "Profile that cargo builds with; empty: dev if CMAKE_BUILD_TYPE is Debug, else release")
set(WIREBIRD_CARGO_TARGET "" CACHE STRING
    "Target that cargo builds for, such as aarch64-unknown-linux-gnu; empty: found out when \
cross-compiling, else this machine")
set(WIREBIRD_CARGO_TARGET_DIR "${CMAKE_CURRENT_BINARY_DIR}/cargo" CACHE PATH
    "Where cargo builds; several CMake builds may share it")
set(WIREBIRD_CARGO_FLAGS "" CACHE STRING "Further arguments of cargo: --offline, --features …")

find_program(WIREBIRD_CARGO cargo HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin"
    DOC "cargo, Rust's build tool, ${WIREBIRD_RUST_VERSION} or newer"
    # A program of this machine, whatever is built for another.
    NO_CMAKE_FIND_ROOT_PATH)
if(NOT WIREBIRD_CARGO)
    message(FATAL_ERROR "cargo was not found. Wirebird needs a Rust toolchain, "
        "${WIREBIRD_RUST_VERSION} or newer: install one from https://rustup.rs or your "
        "distribution, or set WIREBIRD_CARGO.")
endif()
execute_process(COMMAND "${WIREBIRD_CARGO}" --version
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    OUTPUT_VARIABLE wirebird_cargo_version ERROR_QUIET)
if(wirebird_cargo_version MATCHES "cargo ([0-9.]+)"
        AND CMAKE_MATCH_1 VERSION_LESS WIREBIRD_RUST_VERSION)
    message(FATAL_ERROR "${WIREBIRD_CARGO} is ${CMAKE_MATCH_1}; Wirebird needs "
        "${WIREBIRD_RUST_VERSION} or newer.")
endif()

# Rust's name of what CMake builds for, from the variables that a toolchain file sets.
function(wirebird_rust_target result)
    string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" arch)
    if(arch STREQUAL "arm64")
        set(arch aarch64)
    elseif(arch STREQUAL "amd64")
        set(arch x86_64)
    elseif(arch MATCHES "^(x86|i[3-6]86)$")
        set(arch i686)
    elseif(arch STREQUAL "riscv64")
        set(arch riscv64gc)
    elseif(arch STREQUAL "ppc64le")
        set(arch powerpc64le)
    elseif(arch MATCHES "^armv7")
        set(arch armv7)
    endif()
    if(ANDROID)
        set(triple "${arch}-linux-android")
        if(arch STREQUAL "armv7")
            set(triple "armv7-linux-androideabi")
        endif()
    elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        set(library gnu)
        if("${CMAKE_C_COMPILER_TARGET} ${CMAKE_LIBRARY_ARCHITECTURE} ${CMAKE_C_COMPILER}"
                MATCHES "musl")
            set(library musl)
        endif()
        if(arch STREQUAL "armv7")
            string(APPEND library eabihf)
        endif()
        set(triple "${arch}-unknown-linux-${library}")
    elseif(CMAKE_SYSTEM_NAME STREQUAL "Windows")
        set(triple "${arch}-pc-windows-msvc")
        if(MINGW)
            set(triple "${arch}-pc-windows-gnu")
        endif()
    elseif(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
        set(triple "${arch}-apple-darwin")
    elseif(CMAKE_SYSTEM_NAME STREQUAL "iOS")
        set(triple "aarch64-apple-ios")
    else()
        message(FATAL_ERROR "Rust's name of ${CMAKE_SYSTEM_NAME} on ${CMAKE_SYSTEM_PROCESSOR} is "
            "not known: set WIREBIRD_CARGO_TARGET (rustc --print target-list).")
    endif()
    set(${result} "${triple}" PARENT_SCOPE)
endfunction()

separate_arguments(wirebird_cargo_flags NATIVE_COMMAND "${WIREBIRD_CARGO_FLAGS}")
set(wirebird_cargo_target "${WIREBIRD_CARGO_TARGET}")
if(wirebird_cargo_flags MATCHES "--target[=;]([^;]+)")
    set(wirebird_cargo_target "${CMAKE_MATCH_1}")
else()
    if(NOT wirebird_cargo_target AND CMAKE_CROSSCOMPILING)
        wirebird_rust_target(wirebird_cargo_target)
    elseif(NOT wirebird_cargo_target AND APPLE AND CMAKE_OSX_ARCHITECTURES
            AND NOT CMAKE_OSX_ARCHITECTURES STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
        string(REPLACE "arm64" "aarch64" wirebird_cargo_target
            "${CMAKE_OSX_ARCHITECTURES}-apple-darwin")
    endif()
    if(wirebird_cargo_target)
        list(PREPEND wirebird_cargo_flags --target "${wirebird_cargo_target}")
    endif()
endif()

set(wirebird_cargo_profile "${WIREBIRD_CARGO_PROFILE}")
if(NOT wirebird_cargo_profile)
    set(wirebird_cargo_profile release)
    if(CMAKE_BUILD_TYPE STREQUAL "Debug")
        set(wirebird_cargo_profile dev)
    endif()
endif()
set(wirebird_cargo_folder "${wirebird_cargo_profile}")
if(wirebird_cargo_profile STREQUAL "dev")
    set(wirebird_cargo_folder debug)
endif()

get_filename_component(wirebird_cargo_dir "${WIREBIRD_CARGO_TARGET_DIR}" ABSOLUTE
    BASE_DIR "${CMAKE_BINARY_DIR}")
set(wirebird_cargo_out "${wirebird_cargo_dir}/${wirebird_cargo_folder}")
set(wirebird_cargo_environment "CARGO_TARGET_DIR=${wirebird_cargo_dir}")
if(wirebird_cargo_target)
    set(wirebird_cargo_out
        "${wirebird_cargo_dir}/${wirebird_cargo_target}/${wirebird_cargo_folder}")
endif()
# The compiler that CMake was given for another machine links for cargo, too.
if(CMAKE_CROSSCOMPILING)
    string(REPLACE "-" "_" triple "${wirebird_cargo_target}")
    string(TOUPPER "${triple}" upper_triple)
    list(APPEND wirebird_cargo_environment "CC_${triple}=${CMAKE_C_COMPILER}")
    if(CMAKE_AR)
        list(APPEND wirebird_cargo_environment "AR_${triple}=${CMAKE_AR}")
    endif()
    if(NOT MSVC)
        list(APPEND wirebird_cargo_environment
            "CARGO_TARGET_${upper_triple}_LINKER=${CMAKE_C_COMPILER}")
    endif()
endif()

# All but the kinds of the library. cargo reads the environment (CARGO_NET_OFFLINE …) and the
# .cargo/config.toml of the folders above the sources: vendored crates are found so.
set(wirebird_cargo_command "${CMAKE_COMMAND}" -E env ${wirebird_cargo_environment}
    "${WIREBIRD_CARGO}" rustc --quiet --locked --lib --profile "${wirebird_cargo_profile}"
    ${wirebird_cargo_flags})
