#!/bin/sh
# Checks the rules and the dashboard: PromQL, the rules' own tests, that every metric in them is in
# docs/metrics.md, and that every alert has a test and a section of docs/runbook.md. Says each problem, and
# ends with 1 if there was one. Needs promtool and jq; what is missing is taken from the distribution.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
dashboard=$project/packaging/grafana/trunkline.json
runbook=$project/docs/runbook.md
tools=$project/packaging/target/tools
problems=0

say() { echo "rules: $*" >&2; }

problem() {
  say "$*"
  problems=1
}

find_jq() {
  command -v jq >/dev/null && return
  say "installing jq"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends jq >&2
}

# The dashboard's queries as recording rules, so that promtool reads them.
queries_as_rules() {
  jq '{groups: [{name: "dashboard", rules: [
    [.. | objects | .expr? // empty] | to_entries[] | {
      record: "dashboard:query_\(.key)",
      expr: (.value | gsub("\\$__rate_interval"; "5m") | gsub("\\$__range"; "1h"))
    }]}]}' "$dashboard"
}

check_queries() {
  queries_as_rules >"$tools/dashboard-queries.json"
  promtool check rules "$tools/dashboard-queries.json" >"$tools/out" 2>&1 && return
  cat "$tools/out" >&2
  problem "$dashboard: promtool does not understand a query"
}

check_panels() {
  jq -r '.panels[] | select(.type != "row") | select((.description // "") == "") | .title' \
    "$dashboard" >"$tools/panels"
  while read -r title; do problem "panel $title has no description"; done <"$tools/panels"
  jq -r '[.panels[].id] | group_by(.)[] | select(length > 1) | .[0]' "$dashboard" >"$tools/panels"
  while read -r id; do problem "two panels have the id $id"; done <"$tools/panels"
}

# A name with a colon is one of recording.yml; any other is a metric of the daemon.
check_names() {
  sed -n 's/^| `\(trunkline_[a-z0-9_]*\)` | \([a-z]*\) .*/\1 \2/p' "$project/docs/metrics.md" |
    while read -r name type; do
      echo "$name"
      [ "$type" != histogram ] || printf '%s\n' "${name}_bucket" "${name}_sum" "${name}_count"
    done >"$tools/metrics"
  sed -n 's/^ *- record: //p' "$here/recording.yml" >"$tools/records"
  for file in "$here/recording.yml" "$here/alerts.yml" "$here"/tests/*.yml "$dashboard"; do
    grep -o '[a-z_:]*trunkline_[a-z0-9_:]*' "$file" | sort -u >"$tools/names"
    while read -r name; do
      case $name in *:*) known=$tools/records ;; *) known=$tools/metrics ;; esac
      grep -qx "$name" "$known" || problem "$file: $name is not in ${known##*/}"
    done <"$tools/names"
  done
}

check_alerts() {
  sed -n 's/^ *- alert: //p' "$here/alerts.yml" >"$tools/alerts"
  while read -r alert; do
    anchor=$(echo "$alert" | tr '[:upper:]' '[:lower:]')
    grep -qx "### $alert" "$runbook" || problem "docs/runbook.md has no section ### $alert"
    grep -q "runbook_url: docs/runbook.md#$anchor\$" "$here/alerts.yml" ||
      problem "alerts.yml: $alert has no runbook_url with #$anchor"
    grep -q "alertname=\"$alert\"" "$here"/tests/*.yml || problem "tests: none makes $alert fire"
  done <"$tools/alerts"
  sed -n 's/^### \(Trunkline[A-Za-z]*\)$/\1/p' "$runbook" >"$tools/sections"
  while read -r section; do
    grep -qx "$section" "$tools/alerts" || problem "docs/runbook.md: there is no alert $section"
  done <"$tools/sections"
  for part in severity summary description runbook_url; do
    [ "$(grep -c "^ *$part: " "$here/alerts.yml")" = "$(wc -l <"$tools/alerts")" ] ||
      problem "alerts.yml: an alert has no $part"
  done
}

PATH=$("$here/tools.sh"):$PATH
find_jq
mkdir -p "$tools"
promtool check rules "$here/recording.yml" "$here/alerts.yml" || problem "the rules are not well-formed"
promtool test rules "$here"/tests/*.yml || problem "a test of the rules has failed"
check_queries
check_panels
check_names
check_alerts
[ "$problems" = 0 ] || exit 1
say "rules, tests, dashboard and runbook agree ($(wc -l <"$tools/alerts") alerts)"
