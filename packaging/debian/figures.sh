#!/bin/sh
# Measures what packaging/debian/build.sh has built: packaging/debian/figures.sh RUNS
set -eu
target=$(cd "$(dirname "$0")/../target" && pwd)
for candidate in "${TRUNKLINE_JAVA_HOME:-/nowhere}" /usr/lib/jvm/*; do
  if grep -qs '^JAVA_VERSION="25' "$candidate/release"; then jdk=$candidate; break; fi
done
du -h "$target"/trunkline_*.deb
exec "$jdk/bin/java" -Dtrunkline.home="$target/deb/usr/lib/trunkline" \
  -cp "$target/test-classes:$target/classes:$(cat "$target/test-classpath")" \
  io.trunkline.packaging.Figures "$1"
