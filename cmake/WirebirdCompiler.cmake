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
    if(WIREBIRD_SANITIZE_RUNTIME)
        # Exported, so that Qt's libraries call it, too.
        add_link_options(-Wl,--whole-archive,${WIREBIRD_SANITIZE_RUNTIME},--no-whole-archive
            -Wl,--export-dynamic)
    else()
        add_link_options(-fsanitize=${WIREBIRD_SANITIZE})
    endif()
endif()
