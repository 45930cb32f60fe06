#!/bin/sh
# Looks at the dashboard in a browser and takes pictures: packaging/page-shots.sh DIRECTORY [STATE ...]
# Installs Chromium where there is none.
set -eu
cd "$(dirname "$0")/.."

browser() {
  for candidate in chromium-headless-shell chromium google-chrome; do
    if command -v "$candidate"; then return; fi
  done
  return 1
}

if ! browser >/dev/null; then
  echo "page-shots: installing chromium-headless-shell" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends chromium-headless-shell >&2
fi
jdk=$(./jdk.sh)
exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -XX:+UseSerialGC -cp "packaging/daemon/target/test-classes:packaging/target/trunkline/lib/*" \
  io.trunkline.daemon.admin.PageShots "$(browser)" "$@"
