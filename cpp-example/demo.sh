#!/bin/sh
# `make demo`: builds the stock ticker, starts the server, the console client and, where there is
# a display and Qt Quick, the window. Ends by Ctrl-C or after DEMO_SECONDS; exits with 0 only if
# prices arrived.
set -eu
cd "$(dirname "$0")/.."
. cmake/toolchain.sh
BUILD=$(realpath -m "${BUILD:-build}")
QT=${QT:-6}
SECONDS_TO_RUN=${DEMO_SECONDS:-0}
folder=$BUILD/demo-qt$QT
log=$folder/demo.log
mkdir -p "$folder"

echo "Building (the first time takes some minutes) ..."
{
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DWIREBIRD_QT_VERSION="$QT" \
        -DWIREBIRD_BUILD_TESTS=OFF -DWIREBIRD_BUILD_QTWEBSOCKETS=OFF \
        -DWIREBIRD_CARGO_TARGET_DIR="$BUILD/cargo" &&
        cmake --build "$folder" --parallel "${JOBS:-2}"
} >"$log" 2>&1 || {
    cat "$log"
    exit 1
}

server="" window=""
stop() {
    for process in $server $window; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
}
trap stop EXIT
trap 'exit 130' INT TERM

: >"$folder/server.out"
"$folder/cpp-example/ticker-server/ticker-server" --port 0 >"$folder/server.out" &
server=$!
url=""
while [ -z "$url" ]; do
    kill -0 "$server" 2>/dev/null || { echo "The server did not start."; exit 1; }
    sleep 0.1
    url=$(sed -n 's/^Ticker at //p' "$folder/server.out")
done
echo "The server pushes prices at $url"

program=$folder/qml-example/ticker-window/ticker-window
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -x "$program" ]; then
    "$program" --url "$url" &
    window=$!
fi

# Says at the end how many prices came, and fails if none did.
"$folder/cpp-example/ticker-client/ticker-client" --url "$url" --seconds "$SECONDS_TO_RUN"
