#!/bin/sh
# Writes the table of docs/metrics.md anew; what it needs is built by `make metrics-page`.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
target=$project/packaging/daemon/target
jdk=$("$project/jdk.sh")
"$jdk/bin/java" -cp "$target/test-classes:$target/classes:$(cat "$target/test-classpath")" \
  io.trunkline.daemon.build.MetricsPage "$project/docs/metrics.md"
