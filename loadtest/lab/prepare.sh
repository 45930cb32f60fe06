#!/bin/sh
# Makes this machine ready for the lab: a Docker engine, a Debian base image, an image of ours. The argument
# says which: the lab (image/) with what Debian 12 has of Patroni, PostgreSQL and etcd (debian12, the default)
# or with what Debian 13 has (debian13), or a machine to install the package on (systemd), or just the newest psql
# (psql).
# Safe to run again: what is there is left alone. Prints the image's name as its last line.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

say() { echo "lab: $*" >&2; }

install() {
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "$@" >&2
}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# An engine that was killed leaves files that name its processes; a new one believes them.
forget_dead_engine() {
  for file in /var/run/docker.pid /var/run/docker/containerd/containerd.pid; do
    [ -f "$file" ] || continue
    sleep 2 # it may be dying just now
    pid=$(cat "$file")
    if ! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" ||
      ! grep -qsx 'dockerd\|containerd' "/proc/$pid/comm"; then
      say "removing $file: process $pid is gone"
      rm -f "$file"
    fi
  done
}

start_engine() {
  command -v dockerd >/dev/null || install docker.io
  command -v iptables >/dev/null || install iptables
  if [ -d /run/systemd/system ] && systemctl start docker 2>/dev/null && engine_answers; then
    say "Docker engine started by systemd"
    return
  fi
  forget_dead_engine
  log=/var/log/dockerd-lab.log
  say "starting dockerd by hand (log: $log)"
  setsid dockerd >"$log" 2>&1 </dev/null &
  for _ in $(seq 120); do
    engine_answers && return
    sleep 0.5
  done
  say "dockerd did not answer within 60 s; the end of $log:"
  tail -n 20 "$log" >&2
  exit 1
}

make_base() {
  say "pulling $debian (10 s at most)"
  if timeout 10 docker pull -q "$debian" >/dev/null 2>&1; then return; fi
  say "cannot pull: making $debian with debootstrap (1-2 minutes)"
  suite=${debian#*:} suite=${suite%-slim}
  command -v debootstrap >/dev/null || install debootstrap
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || install debian-archive-keyring
  # A release that is newer than debootstrap is made like unstable.
  [ -e "/usr/share/debootstrap/scripts/$suite" ] || ln -s sid "/usr/share/debootstrap/scripts/$suite"
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  debootstrap --variant=minbase "$suite" "$root/base" >"$root/log" 2>&1 || {
    tail -n 20 "$root/log" >&2
    exit 1
  }
  rm -rf "$root/base/var/cache/apt/archives" "$root/base/var/lib/apt/lists"
  mkdir -p "$root/base/var/cache/apt/archives/partial" "$root/base/var/lib/apt/lists/partial"
  tar -C "$root/base" -c . | docker import -c 'CMD ["bash"]' - "$debian" >/dev/null
}

# The machines of the lab run Trunkline on this machine's JDK. Those of newer distributions do not run
# with the C library of Debian 12; then its images have that of Debian 13.
choose_base() {
  base=$debian
  [ "$release" = 12 ] || return 0
  jdk=$("$here/../../jdk.sh")
  newest=$(grep -aoh 'GLIBC_2\.[0-9]*' "$jdk/lib/server/libjvm.so" | sort -V | tail -n 1)
  if [ "$(printf '%s\n' GLIBC_2.36 "$newest" | sort -V | tail -n 1)" != GLIBC_2.36 ]; then
    base=trunkline-debian:bookworm-libc-trixie
  fi
}

# Builds the image $1 from the folder $2, on the image $3.
build_image() {
  say "building $1 (up to 4 minutes, once)"
  # The host's network: a bridge may not reach the package mirror where the host can.
  log=$(mktemp)
  sed "s|^FROM .*|FROM $3|" "$2/Dockerfile" |
    docker build --network host --build-arg http_proxy --build-arg https_proxy \
      --build-arg "postgresql=$postgresql" -t "$1" -f - "$2" >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
  rm -f "$log"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

command -v docker >/dev/null || install docker.io
command -v openssl >/dev/null || install openssl
command -v nft >/dev/null || install nftables
engine_answers || start_engine
case ${1:-debian12} in
  debian12) folder=$here/image name=trunkline-lab release=12 ;;
  debian13) folder=$here/image name=trunkline-lab-debian13 release=13 ;;
  systemd) folder=$here/systemd name=trunkline-systemd release=12 ;;
  psql) folder=$here/psql name=trunkline-psql release=14 ;;
  *) say "prepare.sh takes debian12, debian13, systemd, psql, or nothing" && exit 2 ;;
esac
case $release in
  12) debian=debian:bookworm-slim postgresql=15 ;;
  13) debian=debian:trixie-slim postgresql=17 ;;
  14) debian=debian:forky-slim postgresql=18 ;;
esac
choose_base
image=$name:$(cd "$folder" && cat -- * | sha256sum | cut -c 1-12)
[ "$base" = "$debian" ] || image=$image-${base##*:}
if ! has_image "$image"; then
  has_image "$debian" || make_base
  has_image "$base" || build_image "$base" "$here/libc" "$debian"
  build_image "$image" "$folder" "$base"
fi
say "$image is ready"
echo "$image"
