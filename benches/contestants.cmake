# Servers of other libraries. None is required; run.py measures those that were built.

find_package(Boost 1.74 QUIET)
if(Boost_FOUND)
    wirebird_bench(echo-beast server/echo-beast.cpp server/asiostop.h)
    target_link_libraries(echo-beast PRIVATE bench_server Boost::headers Threads::Threads)

    find_package(websocketpp QUIET)
    if(websocketpp_FOUND)
        wirebird_bench(echo-websocketpp server/echo-websocketpp.cpp server/asiostop.h)
        target_include_directories(echo-websocketpp SYSTEM PRIVATE ${WEBSOCKETPP_INCLUDE_DIR})
        target_link_libraries(echo-websocketpp PRIVATE
            bench_server Boost::headers Threads::Threads)
    endif()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(libwebsockets QUIET IMPORTED_TARGET libwebsockets)
    if(TARGET PkgConfig::libwebsockets)
        wirebird_bench(echo-libwebsockets server/echo-libwebsockets.cpp)
        target_link_libraries(echo-libwebsockets PRIVATE
            bench_server PkgConfig::libwebsockets Threads::Threads)
    endif()
endif()

# cargo knows what has changed; nothing happens then.
find_program(WIREBIRD_BENCH_CARGO cargo HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin")
if(WIREBIRD_BENCH_CARGO)
    set(manifest "${CMAKE_CURRENT_SOURCE_DIR}/tungstenite")
    set(built "${CMAKE_CURRENT_BINARY_DIR}/tungstenite")
    add_custom_command(OUTPUT echo-tungstenite
        COMMAND "${WIREBIRD_BENCH_CARGO}" build --quiet --locked --release
            --manifest-path "${manifest}/Cargo.toml" --target-dir "${built}"
        COMMAND "${CMAKE_COMMAND}" -E copy "${built}/release/echo-tungstenite" echo-tungstenite
        DEPENDS "${manifest}/Cargo.toml" "${manifest}/Cargo.lock" "${manifest}/src/main.rs"
            "${manifest}/src/meter.rs"
        COMMENT "Building echo-tungstenite"
        VERBATIM)
    add_custom_target(tungstenite ALL DEPENDS echo-tungstenite)
endif()
