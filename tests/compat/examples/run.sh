#!/bin/bash
# Builds Qt WebSockets' examples as they are with the replacement of it, and runs them:
# run.sh cmake|qmake EXAMPLES VISITOR CMAKE QMAKE SOURCES BUILD SCRATCH CARGO QT EXAMPLE…
set -euo pipefail
by=$1 folder=$2 visitor=$3 cmake=$4 qmake=$5 sources=$6 build=$7 scratch=$8/examples-$1 qt=${10}
shift 10
export QML2_IMPORT_PATH=$build/qml
servers=()
# shellcheck disable=SC2154
trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true
      wait "$server" 2>/dev/null || true; done' EXIT

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
if [ "$by" = cmake ]; then
    "$cmake" -G Ninja -S "$sources/tests/compat/examples" -B . -DQT_MAJOR="$qt" \
        "-DQt${qt}WebSockets_DIR=$build/cmake/Wirebird/Qt${qt}WebSockets" \
        "-DFOLDER=$folder" -DEXAMPLES="$(IFS=';'; echo "$*")"
    "$cmake" --build .
else
    for example in "$@"; do
        mkdir -p "$example"
        (cd "$example" && QMAKEPATH=$build/qmake "$qmake" "$folder/$example" \
            QMAKE_CXXFLAGS_RELEASE=-O0 && make --silent -j2)
    done
fi
program() { find "$scratch/$1" -maxdepth 1 -type f -perm -u+x -name '*[a-z]' | head -n 1 | grep .; }
for example in "$@"; do
    ! ldd "$(program "$example")" | grep -E 'libQt[56]WebSockets|not found'
done

# start PATTERN COMMAND…: starts a server and waits, a minute at most, for its first words.
start() {
    local pattern=$1
    shift
    "$@" >"$scratch/server.log" 2>&1 &
    servers+=($!)
    for _ in $(seq 600); do
        if grep -q "$pattern" "$scratch/server.log"; then return; fi
        kill -0 "${servers[-1]}" || break
        sleep 0.1
    done
    cat "$scratch/server.log"
    return 1
}

stop() {
    kill "${servers[-1]}"
    wait "${servers[-1]}" || true
}

if (: >/dev/tcp/127.0.0.1/1234) 2>/dev/null; then
    echo "the examples' port, 1234, is in use"
    exit 77
fi
export QT_LOGGING_RULES='default.debug=true;qt.qml.context=false' QT_FORCE_STDERR_LOGGING=1

start 'listening on port' "$(program echoserver)" -d -p 1234
timeout 60 "$(program echoclient)" -d 2>&1 | tee client.log
grep -q 'Message received: "Hello, world!"' client.log
if [ -d qmlwebsocketclient ]; then
    QT_QUICK_BACKEND=software timeout 120 "$visitor" window \
        "$folder/qmlwebsocketclient/qml/qmlwebsocketclient/main.qml" ws://127.0.0.1:1234 \
        'Received message: Hello World' 2>&1 | tee client.log
    # Its second client wants TLS.
    grep -q 'Error: ' client.log
fi
stop
# Their certificate has expired; the client ignores that. By Qt's TLS, since both are connected to
# sslErrors(), and by the engine's.
for tls in '' engine; do
    export WIREBIRD_TLS=$tls
    start 'listening on port' "$(program sslechoserver)"
    timeout 60 "$(program sslechoclient)" 2>&1 | tee client.log
    grep -q 'Message received: "Hello, world!"' client.log
    stop
    unset WIREBIRD_TLS
done
start 'listening on port' "$(program simplechat)"
timeout 60 "$visitor" chat ws://127.0.0.1:1234
stop
if [ -d qmlwebsocketserver ]; then
    timeout 120 "$visitor" window "$folder/qmlwebsocketserver/qml/qmlwebsocketserver/main.qml" '' \
        'Server received message: Hello Server!' 'Client received message: Hello Client!'
    # The programs themselves load the QML module from its path.
    for example in qmlwebsocketclient qmlwebsocketserver; do
        QML_IMPORT_TRACE=1 start "loaded.*qml/QtWebSockets\|$build/qml/QtWebSockets/.*plugin" \
            "$(program $example)"
        stop
    done
fi
