#!/bin/sh
# Prints where a JDK 25 of any vendor is: $TRUNKLINE_JAVA_HOME, $JAVA_HOME, one under /usr/lib/jvm, or
# that of the `java` on the path. Where there is none, the distribution's package is installed.
set -eu

package=openjdk-25-jdk-headless

fail() {
  echo "jdk.sh: $*" >&2
  exit 1
}

# A Java runtime alone does not compile.
is_jdk_25() {
  [ -x "$1/bin/javac" ] && grep -qs '^JAVA_VERSION="25[^0-9]' "$1/release"
}

# What `java` says of itself, because that on the path may be a script.
home_of_java_on_path() {
  java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
}

print_jdk_25() {
  for home in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* "$(home_of_java_on_path)"; do
    if is_jdk_25 "$home"; then
      echo "$home"
      exit
    fi
  done
}

install_package() {
  command -v apt-get >/dev/null || fail "no JDK 25 is found: install one, or set TRUNKLINE_JAVA_HOME"
  [ "$(id -u)" = 0 ] || fail "no JDK 25 is found: install one (as root: apt-get install $package), or set TRUNKLINE_JAVA_HOME"
  lists=read
  apt-get update -qq >&2 || lists=unreadable
  if ! apt-cache policy "$package" | grep -q 'Candidate: [0-9]'; then
    [ $lists = read ] || fail "no JDK 25 is found, and apt-get update failed: is there a network?"
    fail "no JDK 25 is found, and $(distribution) has none: install one under /usr/lib/jvm, such as Eclipse Temurin 25 (https://adoptium.net), or set TRUNKLINE_JAVA_HOME"
  fi
  echo "jdk.sh: installing $package" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
}

distribution() {
  # shellcheck source=/dev/null
  (. /etc/os-release && echo "$PRETTY_NAME")
}

if [ -n "${TRUNKLINE_JAVA_HOME:-}" ]; then
  is_jdk_25 "$TRUNKLINE_JAVA_HOME" ||
    fail "TRUNKLINE_JAVA_HOME is $TRUNKLINE_JAVA_HOME, which is not a JDK 25"
  echo "$TRUNKLINE_JAVA_HOME"
  exit
fi
print_jdk_25
install_package
print_jdk_25
fail "$package is installed, but no JDK 25 is found under /usr/lib/jvm"
