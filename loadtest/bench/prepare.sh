#!/bin/sh
# What make bench needs beyond the lab: HAProxy and PgBouncer of the distribution, PostgreSQL, what
# draws PNGs and counts system calls, and our own load generator, which is compiled here.
# Idempotent. No packaged service is started.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../healthcheck/prepare.sh"

missing=""
command -v haproxy >/dev/null || [ -x /usr/sbin/haproxy ] || missing="$missing haproxy"
[ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"
command -v rsvg-convert >/dev/null || missing="$missing librsvg2-bin fonts-dejavu-core"
command -v gcc >/dev/null || missing="$missing gcc libc6-dev"
[ -e /usr/include/openssl/ssl.h ] || missing="$missing libssl-dev"
[ -x /usr/bin/perf ] || missing="$missing linux-perf"
command -v ip >/dev/null || missing="$missing iproute2"
if [ -n "$missing" ]; then
  echo "bench/prepare.sh: installing$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  runlevel=/usr/sbin/policy-rc.d
  if [ ! -e "$runlevel" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$runlevel"
    chmod 755 "$runlevel"
    trap 'rm -f "$runlevel"' EXIT
  fi
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

mkdir -p "$here/target"
cd "$here"
gcc -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o target/peer -pthread peer.c link.c server.c client.c relay.c -lssl -lcrypto
