# Language level, warnings and sanitizers of our own C and C++ code. What users build against
# Wirebird gets none of it.

set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_EXTENSIONS OFF)

if(WIREBIRD_TOP_LEVEL)
    if(MSVC)
        add_compile_options(/W4 /permissive- /utf-8)
    else()
        add_compile_options(-Wall -Wextra -Wpedantic)
    endif()
endif()

if(WIREBIRD_SANITIZE)
    add_compile_options(-fsanitize=${WIREBIRD_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g)
    set(wirebird_runtime "${WIREBIRD_SANITIZE_RUNTIME}")
    if(wirebird_runtime STREQUAL "rust")
        # What rustc links itself; one runtime serves both languages.
        execute_process(COMMAND rustc --print sysroot
            OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE)
        file(GLOB wirebird_runtime "${sysroot}/lib/rustlib/*/lib/librustc*_rt.tsan.a")
        if(NOT wirebird_runtime)
            message(FATAL_ERROR "rustc has no runtime of ThreadSanitizer below ${sysroot}: it "
                "comes with rustup's nightly toolchain (RUSTUP_TOOLCHAIN=nightly).")
        endif()
    endif()
    if(wirebird_runtime)
        # Exported, so that Qt's libraries call it, too.
        add_link_options(-Wl,--whole-archive,${wirebird_runtime},--no-whole-archive
            -Wl,--export-dynamic)
    else()
        add_link_options(-fsanitize=${WIREBIRD_SANITIZE})
    endif()
endif()
