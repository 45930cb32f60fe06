#!/bin/sh
# Makes the image of the clients from that of the lab. Safe to run again: what is there is left alone.
# Prints the image's name as its last line.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
base=$("$here/../prepare.sh" | tail -n 1)
image=trunkline-clients:$( (echo "$base"; cat "$here/image/Dockerfile") | sha256sum | cut -c 1-12)
if ! docker image inspect "$image" >/dev/null 2>&1; then
  echo "clients: building $image (1-2 minutes, once)" >&2
  log=$(mktemp)
  docker build --network host --build-arg http_proxy --build-arg https_proxy \
    --build-arg base="$base" -t "$image" "$here/image" >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
  rm -f "$log"
fi
echo "clients: $image is ready" >&2
echo "$image"
