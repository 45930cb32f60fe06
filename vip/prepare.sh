#!/bin/sh
# Installs what the kernel tests of vip need: keepalived, iproute2, tcpdump, setpriv. Debian and
# Ubuntu, as root. Does nothing where they are there already.
set -eu

missing=
for tool in ip:iproute2 keepalived:keepalived tcpdump:tcpdump setpriv:util-linux; do
  command -v "${tool%%:*}" >/dev/null 2>&1 || missing="$missing ${tool##*:}"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "vip/prepare.sh: run as root to install:$missing" >&2
  exit 1
fi

echo "vip/prepare.sh: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -qq --no-install-recommends $missing >/dev/null
