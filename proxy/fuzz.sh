#!/bin/bash
# Coverage-guided fuzzing of what parses bytes of strangers (docs/adr/0016):
#   proxy/fuzz.sh MINUTES [TARGET ...]     targets: opening messages proxy-header
# Inputs that reach new code go to proxy/src/test/corpus/TARGET, reduced to those that are needed.
# What breaks a promise goes there too, as finding-*: it fails CorpusTest until it is repaired.
set -euo pipefail
cd "$(dirname "$0")"
minutes=${1:?MINUTES}; shift
[ $# -gt 0 ] || set -- opening messages proxy-header

jdk=$(../jdk.sh)

fuzzer() { # CLASS OPTION|DIRECTORY ...
  local class=$1; shift
  "$jdk/bin/java" -Xmx1g -XX:+UseSerialGC -XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -Dio.netty.leakDetection.level=disabled \
    -cp "target/classes:target/test-classes:$(cat target/fuzz.classpath)" \
    com.code_intelligence.jazzer.Jazzer --target_class="$class" \
    '--instrumentation_includes=io.trunkline.pgwire.**:io.trunkline.proxy.**:io.netty.handler.codec.haproxy.**' \
    '--custom_hook_excludes=**' --reproducer_path="$work" "$@"
}

found=0
for target; do
  case $target in
    opening) class=io.trunkline.proxy.OpeningFuzz ;;
    messages) class=io.trunkline.proxy.backend.MessagesFuzz ;;
    proxy-header) class=io.trunkline.proxy.listener.ProxyHeaderFuzz ;;
    *) echo "fuzz.sh: no target $target" >&2; exit 2 ;;
  esac
  corpus=src/test/corpus/$target
  work=target/fuzz/$target
  rm -rf "$work"; mkdir -p "$work/new" "$work/merged"
  echo "fuzz.sh: $target for $minutes min, from $(ls "$corpus" | wc -l) inputs" >&2
  if ! fuzzer "$class" -max_total_time=$((minutes * 60)) -artifact_prefix="$work/finding-" \
    -dict=src/test/fuzz.dict -max_len=4096 -timeout=10 "$work/new" "$corpus" >"$work/log" 2>&1; then
    found=1
    cp "$work"/finding-* "$corpus/" 2>/dev/null || true
  fi
  grep -aE '^#[0-9]+\s+(INITED|DONE|REDUCE|pulse)' "$work/log" | sed -n '1p;$p'
  grep -aE -A12 '^== Java Exception|^ERROR|^SUMMARY' "$work/log" | head -40 || true
  # Only what reaches what the present corpus does not is added to it.
  cp "$corpus"/* "$work/merged/"
  fuzzer "$class" -merge=1 "$work/merged" "$work/new" >"$work/merge.log" 2>&1 || true
  cp "$work"/merged/* "$corpus/"
  echo "fuzz.sh: $target: $(ls "$corpus" | wc -l) inputs now, $(du -sb "$corpus" | cut -f1) bytes" >&2
done
exit $found
