#!/bin/sh
# Makes Debian packages of this system's Debian in build/deb/packages. BUILD: the build folder;
# QT: 6 or 5; JOBS: how many things at once.
set -eu
cd "$(dirname "$0")/.."
. cmake/toolchain.sh
BUILD=$(realpath -m "${BUILD:-build}")
QT=${QT:-6}
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
flags=$(dpkg-buildflags --get CPPFLAGS)
CFLAGS="$flags $(dpkg-buildflags --get CFLAGS)"
CXXFLAGS="$flags $(dpkg-buildflags --get CXXFLAGS)"
LDFLAGS=$(dpkg-buildflags --get LDFLAGS)
export CFLAGS CXXFLAGS LDFLAGS

rm -rf "$BUILD/deb/packages"
cmake -S . -B "$BUILD/deb" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
    -DCMAKE_INSTALL_LIBDIR="lib/$triplet" -DCMAKE_SKIP_INSTALL_RPATH=ON \
    -DBUILD_SHARED_LIBS=ON -DWIREBIRD_BUILD_STATIC_CORE=ON -DWIREBIRD_QT_VERSION="$QT" \
    -DWIREBIRD_INSTALL_QMLDIR="lib/$triplet/qt$QT/qml" -DWIREBIRD_DEBIAN=ON \
    -DWIREBIRD_BUILD_TESTS=OFF -DWIREBIRD_BUILD_EXAMPLES=OFF \
    -DWIREBIRD_CARGO_TARGET_DIR="$BUILD/cargo"
cmake --build "$BUILD/deb" --parallel "${JOBS:-2}"
(cd "$BUILD/deb" && cpack)
ls -l "$BUILD/deb/packages"/*.deb
