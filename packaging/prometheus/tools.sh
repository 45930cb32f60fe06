#!/bin/sh
# Prints the directory that promtool and prometheus are in. They come in one package of the distribution,
# which is unpacked, not installed: no service, no user.
set -eu

tools=$(cd "$(dirname "$0")/../.." && pwd)/packaging/target/tools

if command -v promtool >/dev/null && command -v prometheus >/dev/null; then
  dirname "$(command -v prometheus)"
  exit
fi
if [ ! -x "$tools/usr/bin/prometheus" ]; then
  echo "rules: fetching prometheus and promtool (Debian's package prometheus)" >&2
  apt-get update -qq >&2
  mkdir -p "$tools/fetch"
  cd "$tools/fetch"
  apt-get download -qq -o APT::Sandbox::User=root prometheus >&2
  dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool ./usr/bin/prometheus
  mkdir -p "$tools/usr/bin"
  mv usr/bin/promtool usr/bin/prometheus "$tools/usr/bin"
  rm -rf "$tools/fetch"
fi
echo "$tools/usr/bin"
