#!/bin/sh
# What the tests of this module, and of those that depend on it, need beyond a JDK: etcd, openssl, PostgreSQL and
# Python from the distribution. Idempotent. The packaged services are never started: tests run their own on loopback.
set -eu

missing=""
command -v etcd >/dev/null 2>&1 || missing="$missing etcd-server"
command -v etcdctl >/dev/null 2>&1 || missing="$missing etcd-client"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
[ -x /usr/bin/python3 ] || missing="$missing python3"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

echo "healthcheck/prepare.sh: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# On Ubuntu before 23.10 both binaries come in one package named etcd.
if ! apt-cache show etcd-server >/dev/null 2>&1; then
  missing=$(echo "$missing" | sed 's/etcd-server/etcd/; s/etcd-client//')
fi
# A service that was already there is left alone; one that comes with the package is not started.
runlevel=/usr/sbin/policy-rc.d
if [ -e "$runlevel" ]; then
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  printf '#!/bin/sh\nexit 101\n' > "$runlevel"
  chmod 755 "$runlevel"
  trap 'rm -f "$runlevel"' EXIT
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $missing >/dev/null
  systemctl disable etcd.service postgresql.service >/dev/null 2>&1 || true
fi
