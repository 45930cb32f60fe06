#!/bin/sh
# Runs a class of this module as Maven has built it: loadtest/run.sh CLASS [ARGUMENT ...]
set -eu
cd "$(dirname "$0")/.."
for candidate in "${TRUNKLINE_JAVA_HOME:-/nowhere}" /usr/lib/jvm/*; do
  if grep -qs '^JAVA_VERSION="25' "$candidate/release"; then java=$candidate/bin/java; break; fi
done
[ -n "${java:-}" ] || { echo "run.sh: no JDK 25 under /usr/lib/jvm" >&2; exit 1; }
terminal=false; [ -t 1 ] && terminal=true
exec env TESTCONTAINERS_RYUK_DISABLED=true "$java" --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Dtrunkline.terminal=$terminal \
  -Djava.util.logging.config.file=loadtest/logging.properties \
  -cp "loadtest/target/classes:$(cat loadtest/target/classpath)" "$@"
