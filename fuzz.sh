#!/bin/bash
# Coverage-guided fuzzing of what parses bytes of strangers (docs/adr/0016):
#   ./fuzz.sh MINUTES [TARGET ...]     without TARGET: all of them; ./fuzz.sh list: their names
# A target is a class *Fuzz of a module's tests: proxy-header is ProxyHeaderFuzz. Inputs that reach new code
# go to its module's src/test/corpus/TARGET, reduced to those that are needed.
# What breaks a promise goes there too, as finding-*: it fails the module's CorpusTest until it is repaired.
set -euo pipefail
cd "$(dirname "$0")"

# Target, module, class.
targets() {
  find . -path '*/src/test/java/*Fuzz.java' | sort | while read -r file; do
    local module=${file%%/src/test/java/*} class=${file##*/src/test/java/}
    class=${class%.java}
    local name=${class##*/}
    echo "$(sed -E 's/([a-z])([A-Z])/\1-\2/g' <<<"${name%Fuzz}" | tr '[:upper:]' '[:lower:]')" "$module" "${class//\//.}"
  done
}

fuzzer() { # MODULE CLASS OPTION|DIRECTORY ...
  local module=$1 class=$2; shift 2
  "$jdk/bin/java" -Xmx1g -XX:+UseSerialGC -XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -Dio.netty.leakDetection.level=disabled -Djava.io.tmpdir=/dev/shm \
    -cp "$module/target/classes:$module/target/test-classes:$(cat "$module/target/fuzz.classpath")" \
    com.code_intelligence.jazzer.Jazzer --target_class="$class" \
    '--instrumentation_includes=io.trunkline.**:io.netty.handler.codec.**:com.ongres.**' \
    '--custom_hook_excludes=**' --reproducer_path="$work" "$@" </dev/null
}

# Those that are kept whatever they reach, and the fewest of the others, none of them longer than 1 kB.
reduce() { # MODULE CLASS CORPUS
  mkdir "$work/merged"
  if ! fuzzer "$1" "$2" -merge=1 -use_counters=0 -artifact_prefix="$work/merge-" \
    "$work/merged" "$3" "$work/new" >"$work/merge.log" 2>&1 || [ -z "$(ls "$work/merged")" ]; then
    echo "fuzz.sh: the corpus was not reduced, see $work/merge.log" >&2
    return
  fi
  find "$work/merged" -type f -size +1024c -delete
  find "$3" -type f -not -name 'seed-*' -not -name 'regression-*' -not -name 'finding-*' -delete
  local kept
  kept=$(md5sum "$3"/* | cut -d' ' -f1)
  find "$work/merged" -type f | while read -r input; do
    grep -qF "$(md5sum "$input" | cut -d' ' -f1)" <<<"$kept" || cp "$input" "$3/"
  done
}

minutes=${1:?MINUTES}; shift
all=$(targets)
if [ "$minutes" = list ]; then
  cut -d' ' -f1 <<<"$all"
  exit
fi
[ $# -gt 0 ] || mapfile -t names < <(cut -d' ' -f1 <<<"$all")
[ $# = 0 ] || names=("$@")

jdk=$(./jdk.sh)
found=0
for target in "${names[@]}"; do
  read -r _ module class < <(grep "^$target " <<<"$all") || { echo "fuzz.sh: no target $target" >&2; exit 2; }
  corpus=$module/src/test/corpus/$target
  work=$module/target/fuzz/$target
  dictionary=$module/src/test/fuzz.dict
  rm -rf "$work"; mkdir -p "$work/new"
  echo "fuzz.sh: $target for $minutes min, from $(ls "$corpus" | wc -l) inputs" >&2
  options=(-max_total_time=$((minutes * 60)) -artifact_prefix="$work/finding-" -max_len=4096 -timeout=60)
  [ ! -f "$dictionary" ] || options+=(-dict="$dictionary")
  if ! fuzzer "$module" "$class" "${options[@]}" "$work/new" "$corpus" >"$work/log" 2>&1; then
    found=1
    cp "$work"/finding-* "$corpus/" 2>/dev/null || true
  fi
  grep -aE '^#[0-9]+\s+(INITED|DONE|REDUCE|pulse)' "$work/log" | sed -n '1p;$p' || true
  grep -aE -A12 '^== Java Exception|^ERROR|^SUMMARY' "$work/log" | head -40 || true
  reduce "$module" "$class" "$corpus"
  echo "fuzz.sh: $target: $(ls "$corpus" | wc -l) inputs now, $(du -sb "$corpus" | cut -f1) bytes" >&2
done
exit $found
