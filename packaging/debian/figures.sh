#!/bin/sh
# Measures what packaging/debian/build.sh has built: packaging/debian/figures.sh RUNS
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$(dirname "$here")/target
jdk=$("$here/../../jdk.sh")
du -h "$target"/trunkline_*.deb
exec "$jdk/bin/java" -Dtrunkline.home="$target/deb/usr/lib/trunkline" \
  -cp "$target/test-classes:$target/classes:$(cat "$target/test-classpath")" \
  io.trunkline.packaging.Figures "$1"
