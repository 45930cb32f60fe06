#!/bin/sh
# Measures what packaging/debian/build.sh has built: packaging/debian/figures.sh RUNS
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packaging=$(dirname "$here")
target=$packaging/target
daemon=$packaging/daemon/target
jdk=$("$here/../../jdk.sh")
du -h "$target"/trunkline_*.deb
exec "$jdk/bin/java" -Dtrunkline.home="$target/deb/usr/lib/trunkline" \
  -cp "$daemon/test-classes:$daemon/classes:$(cat "$daemon/test-classpath")" \
  io.trunkline.daemon.Figures "$1"
