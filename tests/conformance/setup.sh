#!/bin/sh
# Installs Autobahn|Testsuite into a folder and nothing anywhere else: setup.sh FOLDER
#
# The suite needs Python 2.7. Debian 11 was the last to have one; its PyPy runs on Debian 12,
# unpacked, not installed. The packages come from where this machine's apt and pip take theirs.
# Does nothing when everything is there. Exit status 77: can't be installed on this system.
#
# FOLDER/python2 is the result: PyPy with the suite on its path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python3=${WIREBIRD_PYTHON:-python3}
mkdir -p "$1"
cd "$1"
folder=$(pwd)

say() { echo "autobahn: $*" >&2; }
fail() { say "$@"; exit 1; }

wanted=$(cat "$here/setup.sh" "$here"/requirements*.txt | cksum)
if [ "$(cat installed 2>/dev/null)" = "$wanted" ] && ./python2 -c '' 2>/dev/null; then
    exit 0
fi

release=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_CODENAME:-}") || true
if [ "$release" != "debian bookworm" ]; then
    say "the suite is installed on Debian 12 (bookworm) only: it needs Python 2.7, which is" \
        "taken from Debian 11's packages, and those fit no other system. This one is" \
        "'$release'. A container or chroot of Debian 12 will do."
    exit 77
fi

rm -rf apt packages root site python2 installed
mkdir -p apt/lists/partial apt/cache/archives/partial packages root site

# apt with lists and a cache of its own, and without what runs after an update of the system's.
cat >apt/apt.conf <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State::Lists "$folder/apt/lists";
Dir::Cache "$folder/apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "";
END
own_apt() { apt-get -qq -c "$folder/apt/apt.conf" "$@"; }

# The mirror of Debian 12 that this machine uses has Debian 11, too.
mirror_in() {
    "$@" indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' \
        'Label: Debian' 'Codename: bookworm' | head -n 1
}
mirror=$(mirror_in apt-get)
if [ -z "$mirror" ]; then
    # Images of containers come without package lists.
    own_apt update || true
    mirror=$(mirror_in own_apt)
fi
[ -n "$mirror" ] || fail "apt knows no source of Debian 12 to take Debian 11's packages from"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" \
    >apt/sources.list
cat >>apt/apt.conf <<END
Dir::Etc::SourceList "$folder/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
END

say "installing the suite into $folder"
own_apt update || fail "Debian 11's package list could not be read from apt's mirror"
(cd packages && own_apt download pypy pypy-lib pypy-dev libssl1.1 libffi7) ||
    fail "Debian 11's PyPy could not be downloaded from apt's mirror"
for package in packages/*.deb; do
    dpkg-deb -x "$package" root
done

cat >python2 <<END
#!/bin/sh
# PyPy of Debian 11 with its libraries and the suite.
export LD_LIBRARY_PATH='$folder/root/usr/lib/pypy/bin:$(echo "$folder"/root/usr/lib/*-linux-gnu)'
export PYTHONPATH='$folder/site' PYTHONWARNINGS=ignore
unset PYTHONHOME
exec '$folder/root/usr/lib/pypy/bin/pypy-c' "\$@"
END
chmod +x python2
./python2 -c '' || fail "Debian 11's PyPy does not run here"

# pip of today is quicker; what has no wheel is built by the old one, which runs on PyPy.
"$python3" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
    --only-binary :all: --python-version 2.7 --implementation py --abi none --platform any \
    --target site -r "$here/requirements.txt" || fail "pip could not install the suite's wheels"
./python2 -m pip install --quiet --disable-pip-version-check --no-python-version-warning \
    --no-deps --no-compile --target site -r "$here/requirements-source.txt" >pip.log 2>&1 ||
    { cat pip.log >&2; fail "pip could not build the suite"; }
touch site/zope/__init__.py # its .pth file is not read from a target folder

rm -rf apt packages
echo "$wanted" >installed
