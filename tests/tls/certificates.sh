#!/bin/sh
# Makes the certificates of the tests: certificates.sh FOLDER
#
#   root.pem            whom the tests trust        other-root.pem   whom they don't
#   rsa, ec             of localhost and 127.0.0.1, by root
#   expired, wrong      by root: over since 2020; of example.org
#   self                of localhost, its own issuer
#   revoked             by root, in its list revoked.crl
#   foreign             of localhost, by other-root
#   client, stranger    of clients: by root, by other-root
# Each is NAME.pem with the key NAME.key.
set -eu
mkdir -p "$1"
cd "$1"
exec 2>openssl.log
trap '[ $? = 0 ] || cat openssl.log' EXIT

key() {
    case $2 in
    rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
    ec) openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" ;;
    esac
}

root() {
    key "$1" ec
    openssl req -x509 -new -key "$1.key" -subj "/CN=$2" -days 9000 -out "$1.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

# issue NAME KIND ISSUER CN USAGE SAN [FROM TO]
issue() {
    key "$1" "$2"
    openssl req -new -key "$1.key" -subj "/CN=$4" -out "$1.csr"
    {
        echo "[ext]"
        echo "basicConstraints=critical,CA:FALSE"
        echo "keyUsage=critical,digitalSignature"
        echo "extendedKeyUsage=$5"
        echo "subjectAltName=$6"
        echo "[ca]"
        echo "default_ca=d"
        echo "[d]"
        echo "new_certs_dir=."
        echo "database=$1.index"
        echo "policy=p"
        echo "rand_serial=yes"
        echo "[p]"
        echo "commonName=supplied"
    } >"$1.cnf"
    : >"$1.index"
    openssl ca -batch -notext -config "$1.cnf" -extensions ext -md sha256 -in "$1.csr" \
        -out "$1.pem" -cert "$3.pem" -keyfile "$3.key" \
        -startdate "${7:-20240101000000Z}" -enddate "${8:-20491231000000Z}" >openssl.out
    rm -f "$1.csr" "$1.cnf" "$1".index*
}

root root "Wirebird test root"
root other-root "Another root"
names=DNS:localhost,IP:127.0.0.1
issue rsa rsa root localhost serverAuth $names
issue ec ec root localhost serverAuth $names
issue expired ec root localhost serverAuth $names 20190101000000Z 20200101000000Z
issue revoked ec root localhost serverAuth $names
issue wrong ec root example.org serverAuth DNS:example.org
issue foreign ec other-root localhost serverAuth $names
issue client ec root "A client" clientAuth DNS:client.example
issue stranger ec other-root "A stranger" clientAuth DNS:stranger.example
key self ec
openssl req -x509 -new -key self.key -subj /CN=localhost -days 9000 -out self.pem \
    -addext "subjectAltName=$names" -addext basicConstraints=critical,CA:FALSE
# A list of root's with the certificate `revoked` in it.
: >crl.index
echo 01 >crl.number
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=crl.index\ncrlnumber=crl.number\n' >crl.cnf
openssl ca -config crl.cnf -md sha256 -cert root.pem -keyfile root.key -revoke revoked.pem
openssl ca -config crl.cnf -md sha256 -cert root.pem -keyfile root.key -gencrl -crldays 9000 \
    -out revoked.crl
rm -f ./[0-9A-F]*.pem openssl.out crl.*
touch made
