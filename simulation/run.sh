#!/bin/sh
# Runs the simulation after `build.sh -pl simulation -am`: run.sh FIRST SEEDS SECONDS [FAULT], or run.sh story SEED SECONDS
set -eu
here=$(cd "$(dirname "$0")" && pwd)
java=$("$here/../jdk.sh")/bin/java
exec "$java" -XX:+UseSerialGC -Xmx1g -ea:io.trunkline... -Dio.netty.leakDetection.level=disabled \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$here/target/classes:$(cat "$here/target/classpath")" io.trunkline.simulation.Simulate "$@"
