#!/bin/sh
# Runs a class of this module as Maven has built it: loadtest/bench/run.sh CLASS [ARGUMENT ...]
set -eu
cd "$(dirname "$0")/../.."
jdk=$(./jdk.sh)
terminal=false; [ -t 1 ] && terminal=true
exec env TESTCONTAINERS_RYUK_DISABLED=true "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Dtrunkline.terminal=$terminal \
  -Djava.util.logging.config.file=loadtest/lab/logging.properties \
  -cp "loadtest/bench/target/classes:$(cat loadtest/bench/target/classpath)" "$@"
