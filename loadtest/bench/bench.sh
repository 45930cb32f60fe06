#!/bin/sh
# Runs the benchmark in a network namespace of its own, which ends with it: no firewall rule of the
# machine is in the way. Docker's, for one, have the kernel track every connection, also those on
# loopback: that costs time, and a minute of new connections fills the table, which then drops packets.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec unshare --net sh -c 'ip link set lo up && exec "$@"' sh \
  "$here/run.sh" io.trunkline.loadtest.bench.Bench "$@"
