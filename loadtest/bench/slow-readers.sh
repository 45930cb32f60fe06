#!/bin/sh
# Runs SlowReaders in a network namespace of its own, with an interface for the VIP:
# slow-readers.sh CLIENTS FAILOVERS. Needs root: this process and the daemon open four descriptors
# for each client.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ulimit -n 131072 2>/dev/null || ulimit -n "$(ulimit -H -n)" # where root may not raise it: fewer clients
exec unshare --net --mount sh -c '
  mount -t sysfs sysfs /sys # the interfaces of this namespace
  ip link set lo up
  ip link add vip0 type veth peer name vip1
  ip addr add 10.79.1.11/24 dev vip0
  ip link set vip0 up
  ip link set vip1 up
  exec "$@"' sh "$here/run.sh" io.trunkline.loadtest.relay.SlowReaders "$@"
