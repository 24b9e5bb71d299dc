#!/bin/sh
# Installs what the goals of the Makefile need, on Debian and Ubuntu: only what is missing, only with
# apt-get, and Python and Node.js packages in the build folder for the tests, Python's for the
# documentation and the benchmarks too. Elsewhere it says what to install. Says nothing when nothing
# is missing.
#
# setup.sh demo|test|docs|deb|package-test|lint|conformance|bench|compare|fuzz …
#                                BUILD is the build folder, QT=5 makes the demo use Qt 5,
#                                WIREBIRD_SETUP=off skips everything.
set -eu
cd "$(dirname "$0")/.."
. cmake/toolchain.sh
BUILD=${BUILD:-build}
QT=${QT:-6}
[ "${WIREBIRD_SETUP:-on}" = on ] || exit 0

say() { echo "setup: $*" >&2; }
fail() { say "$@"; exit 1; }
wants() { case " $goals " in *" $1 "*) true ;; *) false ;; esac; }
goals="$*"

# Packages by what they are for.
qt6="qt6-base-dev"
qt5="qtbase5-dev"
window6="qt6-declarative-dev qml6-module-qtquick qml6-module-qtquick-controls
    qml6-module-qtquick-layouts qml6-module-qtquick-templates qml6-module-qtquick-window
    qml6-module-qtqml-workerscript qml6-module-qtqml"
window5="qtdeclarative5-dev qml-module-qtquick2 qml-module-qtquick-controls2
    qml-module-qtquick-layouts qml-module-qtquick-templates2 qml-module-qtquick-window2"
qmltests="qml6-module-qttest qml-module-qttest qml6-module-qtwebsockets qml-module-qtwebsockets
    qt6-declarative-dev-tools qtdeclarative5-dev-tools"
webchannel="qt6-webchannel-dev libqt5webchannel5-dev"
peers="qt6-websockets-dev libqt5websockets5-dev"
examples="qtwebsockets5-examples"
contestants="libboost-dev libwebsocketpp-dev libwebsockets-dev libssl-dev zlib1g-dev"
proxies="tinyproxy-bin squid microsocks libnss-wrapper"

needed_packages() {
    command -v c++ >/dev/null 2>&1 || echo g++
    command -v cc >/dev/null 2>&1 || echo gcc
    command -v cmake >/dev/null 2>&1 || echo cmake
    command -v ninja >/dev/null 2>&1 || echo ninja-build
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    if wants demo; then
        [ "$QT" = 5 ] && echo $qt5 || echo $qt6
        if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
            [ "$QT" = 5 ] && echo $window5 || echo $window6
        fi
    fi
    if wants test; then
        echo $qt6 $qt5 $window6 $window5 $qmltests $webchannel $peers $examples
        echo $proxies
        command -v ccache >/dev/null 2>&1 || echo ccache
        command -v openssl >/dev/null 2>&1 || echo openssl
        command -v pkg-config >/dev/null 2>&1 || echo pkg-config
        command -v valgrind >/dev/null 2>&1 || echo valgrind
        command -v xvfb-run >/dev/null 2>&1 || echo xvfb
        command -v curl >/dev/null 2>&1 || echo curl
        command -v nginx >/dev/null 2>&1 || echo nginx-light
        [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || echo libnginx-mod-stream
        command -v haproxy >/dev/null 2>&1 || echo haproxy
        command -v xauth >/dev/null 2>&1 || echo xauth
        command -v faketime >/dev/null 2>&1 || echo faketime
        command -v openssl >/dev/null 2>&1 || echo openssl
    fi
    if wants test || wants docs; then
        command -v doxygen >/dev/null 2>&1 || echo doxygen
    fi
    if wants test || wants conformance; then
        command -v openssl >/dev/null 2>&1 || echo openssl
    fi
    if wants test || wants docs || wants conformance || wants compare || wants bench; then
        command -v python3 >/dev/null 2>&1 || echo python3
        python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || echo python3-venv
    fi
    if wants test; then
        command -v node >/dev/null 2>&1 || echo nodejs
        command -v npm >/dev/null 2>&1 || echo npm
        command -v chromium >/dev/null 2>&1 || echo chromium
        command -v certutil >/dev/null 2>&1 || echo libnss3-tools
    fi
    ! wants compare || echo $qt6
    if wants deb; then
        [ "$QT" = 5 ] && echo $qt5 qtdeclarative5-dev || echo $qt6 qt6-declarative-dev
        echo dpkg-dev file
    fi
    if wants package-test; then
        echo debootstrap lintian pkg-config libssl-dev
    fi
    if wants lint; then
        echo $qt6 $window6 qt6-declarative-dev-tools clang-format clang-tidy shellcheck
    fi
    if wants bench; then
        [ "$QT" = 5 ] && echo $qt5 $window5 || echo $qt6 $window6
        echo $peers $contestants
        command -v pkg-config >/dev/null 2>&1 || echo pkg-config
    fi
}

missing_packages() {
    for package in $(needed_packages | tr ' ' '\n' | sort -u); do
        case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) in
            ii*) ;;
            *) echo "$package" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "run this as root, or install sudo: $*"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# Servers among the packages are not started, now or at the next boot: the tests run their own.
apt_install() {
    policy=/usr/sbin/policy-rc.d status=0
    if [ -e $policy ]; then
        apt install --no-install-recommends "$@"
        return
    fi
    trap 'as_root rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    apt install --no-install-recommends "$@" || status=$?
    as_root rm -f $policy
    trap - EXIT
    if [ -d /run/systemd/system ]; then
        for server in squid nginx haproxy; do
            case " $* " in *" $server"*) as_root systemctl --quiet disable $server ;; esac
        done
    fi
    return $status
}

updated=no
apt_update() {
    [ $updated = yes ] || apt update || fail "apt-get update failed; is the network there?"
    updated=yes
}

# The first pair of Debian's or Ubuntu's packages with a Rust that is new enough.
rust_packages() {
    versioned=$(apt-cache pkgnames rustc-1. | grep -E '^rustc-1\.[0-9]+$' | sort -rV || true)
    for rustc in rustc rustc-web $versioned; do
        candidate=$(apt-cache policy "$rustc" | awk '/Candidate:/ { print $2 }')
        case $candidate in
            [0-9]*) ;;
            *) continue ;;
        esac
        if version_at_least "${candidate%%[!0-9.]*}" "$WIREBIRD_RUST"; then
            echo "$rustc $(echo "$rustc" | sed 's/^rustc/cargo/')"
            return
        fi
    done
}

install_rust() {
    if command -v rustup >/dev/null 2>&1; then
        say "asking rustup for a Rust toolchain"
        rustup toolchain install stable --profile minimal && rustup default stable || true
    elif [ $debian = yes ]; then
        apt_update
        packages=$(rust_packages)
        if [ -n "$packages" ]; then
            say "installing" $packages
            apt_install $packages
        fi
    fi
    find_rust || fail "a Rust toolchain, $WIREBIRD_RUST or newer, is needed (cargo and rustc):" \
        "install one from https://rustup.rs and try again."
}

# install_cargo_tool NAME VERSION PROGRAM: one of cargo's tools, into the build folder.
install_cargo_tool() {
    if ! "$BUILD/tools/bin/$3" --version 2>/dev/null | grep -qF "$2"; then
        say "building $1 $2 in $BUILD/tools"
        CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$BUILD/tools/target" \
            cargo install --quiet --locked --debug --root "$BUILD/tools" "$1@$2"
        rm -rf "$BUILD/tools/target"
    fi
}

# install_python REQUIREMENTS FOLDER
install_python() {
    venv=$BUILD/$2
    if ! cmp -s "$1" "$venv/requirements.txt" || ! "$venv/bin/python" -c '' 2>/dev/null; then
        say "making a Python environment in $venv"
        mkdir -p "$BUILD"
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$1"
        cp "$1" "$venv/requirements.txt"
    fi
}

install_node() {
    if ! cmp -s tests/interop/package-lock.json "$BUILD/node/package-lock.json" ||
        [ ! -d "$BUILD/node/node_modules" ]
    then
        say "installing the tests' Node.js packages in $BUILD/node"
        mkdir -p "$BUILD/node"
        cp tests/interop/package.json tests/interop/package-lock.json "$BUILD/node"
        npm ci --prefix "$BUILD/node" --ignore-scripts --no-audit --no-fund --silent
    fi
}

if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
    debian=yes
    missing=$(missing_packages)
    if [ -n "$missing" ]; then
        apt_update
        say "installing" $missing
        apt_install $missing
    fi
else
    debian=no
    for tool in c++ cc cmake ninja; do
        command -v $tool >/dev/null 2>&1 || absent="${absent:-} $tool"
    done
    [ -z "${absent:-}" ] || fail "not found:$absent. Packages are installed by this script on" \
        "Debian and Ubuntu only. Please install a C and C++17 compiler, CMake 3.22 or newer," \
        "Ninja, Qt 6 (Base and Declarative; for the tests also Qt 5.15 and both Qt WebSockets)," \
        "Rust $WIREBIRD_RUST or newer, and for the tests Python 3, Node.js and valgrind. Fedora: dnf install" \
        "gcc-c++ cmake ninja-build cargo qt6-qtbase-devel qt6-qtdeclarative-devel." \
        "macOS: brew install cmake ninja qt rust."
fi
find_rust || install_rust
if wants test || wants conformance || wants compare; then
    install_python tests/requirements.txt venv
fi
! wants bench || install_python benches/requirements.txt venv-bench
! wants docs || install_python docs/requirements.txt docs-venv
! wants test || install_node
! wants lint || install_cargo_tool cargo-deny 0.20.2 cargo-deny
# Wants Rust 1.95; newer ones want a newer one.
! wants package-test || install_cargo_tool cargo-c 0.10.24 cargo-cbuild
