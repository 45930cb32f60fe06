#!/bin/sh
# Makes the certificates of these tests: an authority, a server, a client, and a server's successor.
set -eu
cd "$(dirname "$0")"
days=36500
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -subj "/CN=Trunkline test CA" -days $days -out ca.crt
issue() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr"
  printf '%s\n' "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -set_serial "$4" -days $days \
    -extfile "$1.ext" -out "$1.crt"
  rm "$1.csr" "$1.ext"
}
issue server localhost "subjectAltName=DNS:localhost,IP:127.0.0.1" 2
issue renewed localhost "subjectAltName=DNS:localhost,IP:127.0.0.1" 3
issue elsewhere elsewhere "subjectAltName=DNS:elsewhere.example" 4
issue client app "extendedKeyUsage=clientAuth" 5
rm ca.key
