#!/bin/bash
# Makes a release of what is committed here: release.sh VERSION NEXT. It tries what needs no cluster, dates
# the changelog, sets the version, builds the package, tags, and goes on with NEXT-SNAPSHOT. Pushes nothing.
set -euo pipefail
cd "$(dirname "$0")"

fail() {
  echo "release.sh: $*" >&2
  exit 1
}

version=${1:?usage: release.sh VERSION NEXT} next=${2:?usage: release.sh VERSION NEXT}
for each in "$version" "$next"; do
  [[ $each =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "$each is not a version such as 0.1.0"
done
[ -z "$(git status --porcelain)" ] || fail "commit or remove first: $(git status --porcelain | head -n 3)"
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || fail "there is a tag v$version"
before=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' pom.xml)
[[ $before == *-SNAPSHOT ]] || fail "pom.xml has version $before, which is not a snapshot"
awk '/^## Unreleased/{on=1; next} /^## /{on=0} on && NF{found=1} END{exit !found}' CHANGELOG.md ||
  fail "CHANGELOG.md has nothing under Unreleased"

set_version() {
  git ls-files '*pom.xml' | xargs sed -i "s|<version>$1</version>|<version>$2</version>|"
}

make check
set_version "$before" "$version"
sed -i "s|^## Unreleased\$|## Unreleased\n\n## $version - $(date -u +%F)|" CHANGELOG.md
make deb
git commit -qam "Release $version"
git tag -a "v$version" -m "Trunkline $version"
set_version "$version" "$next-SNAPSHOT"
git commit -qam "Go on with $next-SNAPSHOT"
echo "The package of v$version is in packaging/target. To publish: git push origin HEAD v$version"
