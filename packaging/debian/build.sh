#!/bin/bash
# Makes packaging/target/trunkline_<version>_<arch>.deb from packaging/target/trunkline, as Maven has
# built it (`make deb` does both). The Java runtime is linked from the JDK 25 of this machine (jdk.sh),
# and its AOT cache is recorded by running it: so ARCH, amd64 or arm64, has to be this machine's, and the
# package needs a libc6 as new as that JDK does.
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022
here=$(cd "$(dirname "$0")" && pwd)
packaging=$(dirname "$here")
project=$(dirname "$packaging")
target=$packaging/target
daemon=$packaging/daemon/target
root=$target/deb
home=$root/usr/lib/trunkline

say() { echo "deb: $*" >&2; }
fail() { say "$*"; exit 1; }

own=$(dpkg --print-architecture)
ARCH=${ARCH:-$own}
case $ARCH in
  amd64) netty=linux-x86_64 machine=x86_64 ;;
  arm64) netty=linux-aarch_64 machine=aarch_64 ;;
  *) fail "ARCH is $ARCH: amd64 and arm64 are supported" ;;
esac
[ "$ARCH" = "$own" ] || fail "ARCH is $ARCH, this machine is $own: the package is built by running it"

jdk=$("$project/jdk.sh")
java_release=$("$jdk/bin/java" -version 2>&1 | sed -n 2p)
[ -x "$target/trunkline/bin/trunkline" ] || fail "the daemon is not built: make build"
if ! command -v strip >/dev/null || ! command -v unzip >/dev/null; then
  say "installing binutils and unzip"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils unzip; } >&2
fi

built=$(sed -n 's/^version=//p' "$daemon/classes/io/trunkline/daemon/app/build.properties")
version=${built/-SNAPSHOT/~snapshot}
# All files have one time: the AOT cache belongs to libraries of that time and size.
epoch=$(git -C "$project" log -1 --format=%ct 2>/dev/null || stat -c %Y "$project/pom.xml")
export SOURCE_DATE_EPOCH=$epoch

# What `jdeps --print-module-deps` finds in the code that runs, and what it cannot see:
# jdk.unsupported (signals, Unsafe of Netty and gRPC), java.naming (gRPC's and Vert.x's resolvers),
# jdk.management (Micrometer's meters of the process), jdk.jfr (Netty's events).
# What jdeps names besides, java.desktop, java.sql and java.compiler, is never called.
modules=java.base,java.logging,java.management,java.naming,jdk.jfr,jdk.management,jdk.unsupported

link_runtime() {
  "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
    --compress zip-6 --output "$home/runtime"
  rm -f "$home"/runtime/bin/{keytool,jfr} "$home/runtime/lib/jrt-fs.jar"
  # Debian's modules have the symbols of the native code in files of their own, 740 MB of them.
  find "$home/runtime" -name '*.debuginfo' -delete
  find "$home/runtime" \( -name '*.so' -o -path '*/bin/java' -o -name jexec -o -name jspawnhelper \) \
    -exec strip --strip-unneeded {} +
  chmod -R u=rwX,go=rX "$home/runtime/legal" "$home/runtime/conf"
}

# Netty's libraries come in jars for every platform; this one's are put where the loader finds them.
copy_libraries() {
  mkdir -p "$home/bin" "$home/lib" "$home/native"
  install -m755 "$target/trunkline/bin/trunkline" "$packaging/systemd/configured" "$home/bin/"
  for jar in "$target"/trunkline/lib/*.jar; do
    name=$(basename "$jar")
    case $name in
      *-"$netty".jar) unzip -qqoj "$jar" "META-INF/native/*_$machine.so" -d "$home/native" ;;
      *-linux-*.jar | *-osx-*.jar | *-windows-*.jar) ;;
      *) install -m644 "$jar" "$home/lib/" ;;
    esac
  done
  strip --strip-unneeded "$home"/native/*.so
  chmod 644 "$home"/native/*.so
}

record_cache() {
  find "$home" -exec touch -h -d "@$epoch" {} +
  "$jdk/bin/java" -Dtrunkline.home="$home" \
    -cp "$daemon/test-classes:$(cat "$daemon/test-classpath")" \
    io.trunkline.daemon.Training "$target/trunkline.aotconf"
  TRUNKLINE_JAVA_OPTS="-XX:AOTMode=create -XX:AOTConfiguration=$target/trunkline.aotconf
    -XX:AOTCache=$home/lib/trunkline.aot -Xlog:aot=error" "$home/bin/trunkline" run >&2
  chmod 644 "$home/lib/trunkline.aot"
  rm "$target/trunkline.aotconf"
}

manual() {
  mkdir -p "$root/usr/share/man/man$3"
  "$jdk/bin/java" -cp "$daemon/test-classes" io.trunkline.daemon.build.ManPage \
    "$project/docs/$1" "$2" "$3" "$built" "$4" |
    gzip -9n >"$root/usr/share/man/man$3/$2.$3.gz"
}

write_manuals() {
  manual cli.md trunkline 1 "proxy and virtual address in front of Patroni's PostgreSQL"
  manual configuration.md trunkline.yaml 5 "configuration of trunkline(1)"
  manual before-stop.md trunkline-before-stop 1 "Patroni's before_stop in a planned switchover"
  bash=$root/usr/share/bash-completion/completions
  zsh=$root/usr/share/zsh/vendor-completions
  mkdir -p "$bash" "$zsh"
  "$home/bin/trunkline" generate-completion | sed '/^#!/d' >"$bash/trunkline"
  cat >"$zsh/_trunkline" <<'END'
#compdef trunkline
autoload -U +X bashcompinit && bashcompinit
source /usr/share/bash-completion/completions/trunkline
END
}

licence_of() {
  while read -r pattern licence holder; do
    case $pattern in '#'* | '') continue ;; esac
    # shellcheck disable=SC2254
    case $1 in $pattern) echo "$licence $holder"; return ;; esac
  done <"$here/licences"
  fail "packaging/debian/licences does not say which licence $1 has"
}

write_documents() {
  doc=$root/usr/share/doc/trunkline
  mkdir -p "$doc/licences"
  sed "s|@JAVA@|$java_release|" "$here/copyright.in" >"$doc/copyright"
  for jar in "$home"/lib/*.jar; do
    name=$(basename "$jar")
    case $name in trunkline*) continue ;; esac
    read -r licence holder <<<"$(licence_of "$name")"
    [ -n "$holder" ] || exit 1
    printf 'Files: usr/lib/trunkline/lib/%s\nCopyright: %s\nLicense: %s\n\n' \
      "$name" "$holder" "$licence" >>"$doc/copyright"
  done
  cat "$here/licence-texts" >>"$doc/copyright"
  for jar in "$target"/trunkline/lib/*.jar; do
    case $(basename "$jar") in *-osx-* | *-windows-*) continue ;; esac
    text=$(unzip -p "$jar" 'META-INF/*LICENSE*' 'META-INF/*NOTICE*' META-INF/license/'*' 2>/dev/null || true)
    [ -z "$text" ] || printf '%s\n' "$text" >"$doc/licences/$(basename "$jar" .jar).txt"
  done
  {
    echo "trunkline ($version) unstable; urgency=medium"
    echo
    echo "  * What has changed: /usr/share/doc/trunkline/NEWS.md.gz"
    echo
    echo " -- The Trunkline Authors <maintainers@trunkline.io>  $(date -R -u -d "@$epoch")"
  } | gzip -9n >"$doc/changelog.gz"
  gzip -9nc "$project/CHANGELOG.md" >"$doc/NEWS.md.gz"
  for manual in "$project"/docs/*.md; do
    gzip -9nc "$manual" >"$doc/$(basename "$manual").gz"
  done
}

# What other programs are given: Prometheus and Grafana, mostly on another machine.
write_monitoring() {
  share=$root/usr/share/trunkline
  for rules in recording alerts; do
    install -Dm644 "$packaging/prometheus/$rules.yml" "$share/prometheus/$rules.yml"
  done
  install -Dm644 "$packaging/grafana/trunkline.json" "$share/grafana/trunkline.json"
}

newest_glibc() {
  { find "$home" -name '*.so' -o -path '*/runtime/bin/java'; } |
    xargs grep -aoh 'GLIBC_2\.[0-9]*' | sed 's/GLIBC_//' | sort -V | tail -n 1
}

write_control() {
  mkdir -p "$root/DEBIAN"
  size=$(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f1)
  sed -e "s/@VERSION@/$version/; s/@ARCH@/$ARCH/; s/@SIZE@/$size/; s/@GLIBC@/$(newest_glibc)/" \
    "$here/control.in" >"$root/DEBIAN/control"
  echo /etc/trunkline/trunkline.yaml >"$root/DEBIAN/conffiles"
  install -m755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"
  (cd "$root" && find etc usr -type f -not -path etc/trunkline/trunkline.yaml -print0 |
    sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  chmod 644 "$root/DEBIAN/control" "$root/DEBIAN/conffiles" "$root/DEBIAN/md5sums"
}

rm -rf "$root" "$target"/trunkline_*.deb
mkdir -p "$home" "$root/usr/bin"
say "linking a Java runtime from $java_release"
link_runtime
copy_libraries
ln -s ../lib/trunkline/bin/trunkline "$root/usr/bin/trunkline"
install -m755 "$packaging/patroni/trunkline-before-stop" "$root/usr/bin/"
say "recording the AOT cache"
record_cache
say "writing manuals, completions and licences"
write_manuals
write_documents
write_monitoring
install -Dm644 "$here/trunkline.yaml" "$root/etc/trunkline/trunkline.yaml"
install -Dm644 "$packaging/systemd/trunkline.service" "$root/usr/lib/systemd/system/trunkline.service"
install -Dm644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/trunkline"
write_control
find "$root" -exec touch -h -d "@$epoch" {} +
deb=$target/trunkline_${version}_$ARCH.deb
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$deb" >&2
say "$(du -h "$deb" | cut -f1), installed $(sed -n 's/^Installed-Size: //p' "$root/DEBIAN/control") kB," \
  "for $(sed -n 's/^Depends: \(libc6[^,]*\),.*/\1/p' "$root/DEBIAN/control")"
echo "$deb"
