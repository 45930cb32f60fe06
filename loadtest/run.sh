#!/bin/sh
# Runs a class of this module as Maven has built it: loadtest/run.sh CLASS [ARGUMENT ...]
set -eu
cd "$(dirname "$0")/.."
jdk=$(./jdk.sh)
terminal=false; [ -t 1 ] && terminal=true
exec env TESTCONTAINERS_RYUK_DISABLED=true "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Dtrunkline.terminal=$terminal \
  -Djava.util.logging.config.file=loadtest/logging.properties \
  -cp "loadtest/target/classes:$(cat loadtest/target/classpath)" "$@"
