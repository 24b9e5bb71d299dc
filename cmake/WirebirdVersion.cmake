# The versions, from Cargo.toml, where they are kept: WIREBIRD_VERSION, WIREBIRD_RUST_VERSION and
# WIREBIRD_SOVERSION, the number in the shared libraries' names, which changes when a program would
# have to be built anew.

function(wirebird_read_versions)
    set(manifest "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${manifest}")
    file(STRINGS "${manifest}" version REGEX "^version = \"[0-9.]+\"$")
    file(STRINGS "${manifest}" rust REGEX "^rust-version = \"[0-9.]+\"$")
    if(NOT version MATCHES "\"(([0-9]+)\\.[0-9]+\\.[0-9]+)\"")
        message(FATAL_ERROR "${manifest} has no version of three numbers")
    endif()
    set(WIREBIRD_VERSION "${CMAKE_MATCH_1}" PARENT_SCOPE)
    set(WIREBIRD_SOVERSION "${CMAKE_MATCH_2}" PARENT_SCOPE)
    string(REGEX REPLACE ".*\"(.*)\"" "\\1" rust "${rust}")
    set(WIREBIRD_RUST_VERSION "${rust}" PARENT_SCOPE)
endfunction()
wirebird_read_versions()
