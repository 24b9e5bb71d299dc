#!/usr/bin/env bash
# Tests of packages that take minutes: `make package-test`.
#
# BUILD: the build folder; QT: 6 or 5; STEPS: some of the steps below, when not all are wanted;
# SUITE: Debian's suite, of which this system has to be.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. cmake/toolchain.sh
BUILD=$(realpath -m "${BUILD:-build}")
QT=${QT:-6}
STEPS=${STEPS:-vendored capi deb}
SUITE=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
scratch=$BUILD/packages
mkdir -p "$scratch"

# The C ABI's test program prints the version that it runs with.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)

# Crates that lie in a folder beside a project are enough: cargo asks no network, and CMake passes
# on what it needs to know.
step_vendored() {
    local project=$scratch/vendored
    rm -rf "$project"
    mkdir -p "$project/.cargo" "$project/home" &&
        cargo vendor --quiet --locked "$project/vendor" >"$project/.cargo/config.toml" &&
        git archive --prefix=wirebird/ HEAD | tar -x -C "$project" &&
        CARGO_HOME=$project/home CARGO_NET_OFFLINE=true cmake -G Ninja -S "$project/wirebird" \
            -B "$project/build" -DWIREBIRD_BUILD_QT=OFF -DWIREBIRD_BUILD_TESTS=OFF \
            -DCMAKE_BUILD_TYPE=Debug &&
        CARGO_HOME=$project/home CARGO_NET_OFFLINE=true cmake --build "$project/build" &&
        test ! -e "$project/home/registry/cache" &&
        rm -rf "$project"
}

# cargo-c installs a C library, too.
step_capi() {
    local root=$scratch/capi
    rm -rf "$root"
    PATH=$BUILD/tools/bin:$PATH CARGO_TARGET_DIR=$BUILD/cargo \
        cargo cinstall --locked --release --prefix="$root" --libdir=lib &&
        export PKG_CONFIG_PATH=$root/lib/pkgconfig &&
        test "$(pkg-config --modversion wirebird)" = "$version" &&
        cc -Wall -Werror tests/consumers/consumer.c -o "$root/shared" \
            $(pkg-config --cflags --libs wirebird) "-Wl,-rpath,$root/lib" &&
        "$root/shared" | grep -F "Wirebird $version" &&
        readelf -d "$root/shared" | grep -F '[libwirebird.so.0]' &&
        cc tests/consumers/consumer.c -o "$root/static" $(pkg-config --cflags wirebird) \
            "$root/lib/libwirebird.a" $(pkg-config --static --libs-only-l wirebird |
                sed 's/-lwirebird//') &&
        "$root/static" | grep -F "Wirebird $version" &&
        rm -rf "$root"
}

# Debian packages in a Debian that has nothing else: their dependencies are enough to run and to
# build programs in C and for Qt.
step_deb() {
    local root=$scratch/root
    cmake/deb.sh >"$scratch/deb.log" 2>&1 || { tail -n 30 "$scratch/deb.log"; return 1; }
    ls "$BUILD/deb/packages"
    ! command -v lintian >/dev/null || lintian --fail-on error --tag-display-limit 0 \
        --suppress-tags initial-upload-closes-no-bugs,package-name-doesnt-match-sonames \
        "$BUILD"/deb/packages/*.deb || return 1
    rm -rf "$root"
    debootstrap --variant=minbase "$SUITE" "$root" $(debian_mirror) >"$scratch/root.log" 2>&1 ||
        { tail -n 30 "$scratch/root.log"; return 1; }
    # The ways to the packages that this system has.
    cp /etc/resolv.conf "$root/etc/" 2>/dev/null
    rm -rf "$root"/etc/apt/sources.list*
    cp -r /etc/apt/sources.list* /etc/apt/apt.conf.d "$root/etc/apt/"
    mkdir "$root/packages" "$root/test"
    cp "$BUILD"/deb/packages/*.deb "$root/packages"
    cp tests/consumers/consumer.c tests/consumers/consumer.cpp "$root/test"
    cp -r tests/consumers/installed "$root/test/"
    cat >"$root/test/run" <<'IN'
set -eux
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt="apt-get -qq -o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root --no-install-recommends"
$apt update
# Programs need the libraries alone.
$apt install /packages/libwirebird[0-9]*.deb
ldconfig -p | grep libwirebird.so.0
# What C is built with, and no Qt.
$apt install gcc libc6-dev pkg-config /packages/libwirebird-dev_*.deb
! dpkg -l | grep -i 'libqt'
cc -Wall -Werror /test/consumer.c -o /test/c $(pkg-config --cflags --libs wirebird)
/test/c | grep 'Wirebird '
cc /test/consumer.c -o /test/c-static $(pkg-config --cflags wirebird) -l:libwirebird.a \
    $(pkg-config --static --libs-only-l wirebird | sed 's/-lwirebird//')
/test/c-static
# All of them, and programs of CMake's.
$apt install g++ cmake ninja-build /packages/*.deb
ls /usr/lib/*/cmake/Wirebird
cmake -G Ninja -S /test/installed -B /test/build "-DQT_MAJOR=$1" -DCMAKE_BUILD_TYPE=Release
cmake --build /test/build
/test/build/consumer
/test/build/consumer-c
c++ -std=c++17 -fPIC /test/consumer.cpp -o /test/by-pkg-config \
    $(pkg-config --cflags --libs "wirebird-qt$1")
/test/by-pkg-config
# And nothing is left of them.
$apt purge 'libwirebird*' 'qml*-wirebird*'
! find /usr -iname '*wirebird*' | grep .
IN
    chroot "$root" /bin/sh /test/run "$QT" >"$scratch/chroot.log" 2>&1
    local status=$?
    [ $status = 0 ] || tail -n 40 "$scratch/chroot.log"
    rm -rf "$root"
    return $status
}

# The mirror that this system takes its packages from, with its suite.
debian_mirror() {
    apt-get indextargets --format '$(REPO_URI)' "Codename: $SUITE" "Created-By: Packages" |
        head -n 1
}

passed=0 failed=0
for step in $STEPS; do
    echo "== $step"
    started=$SECONDS
    if "step_$step"; then
        passed=$((passed + 1))
        echo "$step passed after $((SECONDS - started)) s"
    else
        failed=$((failed + 1))
        echo "$step failed"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
