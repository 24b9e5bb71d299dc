#!/bin/bash
# Runs an example as a reader would: run.sh WHAT FOLDER
#
# WHAT is ticker, window, whiteboard, echo, c-echo, chat or webchannel; FOLDER holds the programs in
# the layout of the source tree. WIREBIRD_PYTHON has the packages of tests/requirements.txt.
set -euo pipefail
here=$(dirname "$0")
what=$1 folder=$2
scratch=$(mktemp -d)
servers=()
# shellcheck disable=SC2154
trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true
      wait "$server" 2>/dev/null || true; done; rm -rf "$scratch"' EXIT

# start COMMAND…: starts a server and sets $url to what it prints.
start() {
    : >"$scratch/server.out"
    "$@" >"$scratch/server.out" &
    servers+=($!)
    url=""
    # Ends when the server has printed its line, has ended, or a minute has passed.
    for _ in $(seq 600); do
        url=$(sed -n 's/^[A-Za-z]* at \([a-z]*:.*\)$/\1/p' "$scratch/server.out")
        [ -z "$url" ] || return 0
        kill -0 "${servers[-1]}" || break
        sleep 0.1
    done
    echo "no URL from $*" >&2
    return 1
}

# expect PATTERN COMMAND…: the command's output has a line like this.
expect() {
    local pattern=$1
    shift
    timeout 120 "$@" >"$scratch/client.out" 2>&1 && status=0 || status=$?
    cat "$scratch/client.out"
    echo >>"$scratch/client.out" # a program that says nothing has a line, too
    grep -Eq "$pattern" "$scratch/client.out" || {
        echo "no line matches $pattern; exit status $status" >&2
        exit 1 # which no fails() takes for the failure that it wants
    }
    return $status
}

fails() { if "$@"; then echo "succeeded: $*" >&2; return 1; fi; }

# python_echo URL: a client of another make gets back what it sends.
python_echo() { timeout 120 "${WIREBIRD_PYTHON:-python3}" "$here/echo.py" "$1"; }

case $what in
ticker)
    timeout 170 "${WIREBIRD_PYTHON:-python3}" "$here/ticker.py" "$folder"
    ;;
window)
    picture=${PICTURE:-$scratch/window.png}
    start "$folder/cpp-example/ticker-server/ticker-server" --port 0 --interval-ms 20 --demo-user
    password=$(sed -n 's/^Login: demo //p' "$scratch/server.out")
    # Qt 5 draws no window into memory: it gets a display (XVFB_RUN) of its own.
    TICKER_PASSWORD=$password expect '^|$' \
        ${XVFB_RUN:+env QT_QPA_PLATFORM=xcb "$XVFB_RUN" -a} \
        "$folder/qml-example/ticker-window/ticker-window" --url "$url" --user demo \
        --quit-after-prices 60 --screenshot "$picture"
    # A picture with rows and texts in it is no single colour.
    test "$(stat -c %s "$picture")" -gt 5000
    if grep -E 'qrc:|QML|Error' "$scratch/client.out"; then exit 1; fi
    ;;
whiteboard)
    board=$folder/qml-example/whiteboard/whiteboard
    picture=${PICTURE:-$scratch/board.png}
    # The first window serves the board, the second draws on it.
    start ${XVFB_RUN:+env QT_QPA_PLATFORM=xcb "$XVFB_RUN" -a} "$board" --port 0 \
        --screenshot "$picture"
    first=${servers[-1]}
    ${XVFB_RUN:+env QT_QPA_PLATFORM=xcb "$XVFB_RUN" -a} "$board" --port "${url##*:}" --draw \
        --screenshot "$scratch/second.png" >"$scratch/second.out" 2>&1 &
    second=$!
    wait "$first"
    wait "$second"
    cat "$scratch/second.out"
    test "$(stat -c %s "$picture")" -gt 5000
    if grep -E 'qrc:|QML|Error' "$scratch/second.out"; then exit 1; fi
    ;;
echo)
    start "$folder/cpp-example/echo-server/echo-server" 0
    client=$folder/cpp-example/echo-client/echo-client
    expect '^Grüße 🐦$' "$client" "$url" one 'Grüße 🐦' three
    [ "$(cat "$scratch/client.out")" = "$(printf '%s\n' one 'Grüße 🐦' three)" ]
    expect '^$' "$client" "$url"
    fails expect '.' "$client" http://127.0.0.1/ text
    fails expect 'refused' "$client" ws://127.0.0.1:1/ text
    fails expect '^Cannot listen: ' "$folder/cpp-example/echo-server/echo-server" "${url##*:}"
    python_echo "$url"
    ;;
c-echo)
    program=$folder/cpp-example/c-echo/c-echo
    start "$program" server 0
    expect '^two birds$' "$program" client "$url" one 'two birds'
    fails expect '^opening: ' "$program" client nonsense text
    fails expect '^usage: ' "$program"
    python_echo "$url"
    ;;
chat)
    python3 "$here/chat.py" "$folder"
    ;;
webchannel)
    start "$folder/cpp-example/webchannel/webchannel" --port 0
    expect 'qwebchannel.js' curl --silent --show-error --fail "$url"
    expect 'QWebChannel = function' curl --silent --show-error --fail "${url}qwebchannel.js"
    fails expect '404' curl --silent --show-error --fail "${url}oven"
    ;;
*)
    echo "unknown example $what" >&2
    exit 2
    ;;
esac
