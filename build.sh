#!/bin/bash
# Builds modules without their tests, and says how far it is: build.sh MAVEN_ARGUMENT ...
# Maven itself is silent for minutes with -q, and prints every file without it.
set -euo pipefail
cd "$(dirname "$0")"

say() { echo "build: $*" >&2; }

follow() {
  local files=0
  while IFS= read -r line; do
    case $line in
      '[INFO] Building '*/*']') say "$(sed 's/^.* Building //; s/  *\[/ [/' <<<"$line")" ;;
      *'Downloaded from '*)
        files=$((files + 1))
        [ $((files % 100)) != 0 ] || say "$files files downloaded"
        ;;
      '[ERROR]'*) echo "$line" >&2 ;;
    esac
  done
}

./jdk.sh >/dev/null
say "running Maven, which downloads what it needs the first time (some minutes)"
./mvnw -B package -DskipTests "$@" | follow
