#!/bin/sh
# `make demo`: builds the stock ticker, starts the server with a user whose password is made for
# this run, and shows it: a window where there is a display and Qt Quick, and the console client.
# The page in a browser is at the address that is printed. Ends by Ctrl-C or after DEMO_SECONDS;
# exits with 0 only if prices arrived.
#
# DEMO_FOLDER: a build folder that has the programs already.
set -eu
cd "$(dirname "$0")/.."
. cmake/toolchain.sh
BUILD=$(realpath -m "${BUILD:-build}")
QT=${QT:-6}
SECONDS_TO_RUN=${DEMO_SECONDS:-0}
folder=${DEMO_FOLDER:-$BUILD/demo-qt$QT}

if [ -z "${DEMO_FOLDER:-}" ]; then
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
fi

scratch=$(mktemp -d)
server="" window=""
stop() {
    for process in $window $server; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

"$folder/cpp-example/ticker-server/ticker-server" --port 0 --demo-user >"$scratch/server.out" &
server=$!
url=""
while [ -z "$url" ]; do
    kill -0 "$server" 2>/dev/null || { echo "The server did not start."; exit 1; }
    sleep 0.1
    url=$(sed -n 's/^Ticker at //p' "$scratch/server.out")
done
TICKER_PASSWORD=$(sed -n 's/^Login: demo //p' "$scratch/server.out")
export TICKER_PASSWORD
echo "The page is at http${url#ws}/"
echo "Log in as demo with the password $TICKER_PASSWORD"

program=$folder/qml-example/ticker-window/ticker-window
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -x "$program" ]; then
    "$program" --url "$url" --user demo &
    window=$!
fi

# Says at the end how many prices came, and fails if none did.
"$folder/cpp-example/ticker-client/ticker-client" --url "$url" --user demo \
    --seconds "$SECONDS_TO_RUN"
