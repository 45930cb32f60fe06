package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Node;

/**
 * A node of the lab on which the commands of a page run as they are written: {@code trunkline} is
 * on the path, and {@code systemctl} starts and stops the lab's services.
 */
record ManagedNode(Node node, UserFiles files) {
  /** As with {@code Type=notify}, a start of Trunkline ends when the daemon is ready. */
  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      set -eu
      verb=$1; shift
      [ "$1" = --now ] || exit 0
      shift
      for unit; do
        case $verb in
          enable) svc start "$unit" ;;
          disable) svc term "$unit" ;;
        esac
        [ "$verb $unit" = "enable trunkline" ] || continue
        for _ in $(seq 300); do
          curl -sf http://127.0.0.1:7000/readyz >/dev/null && continue 2
          sleep 0.2
        done
        echo "trunkline is not ready" >&2; exit 1
      done
      """;

  private static final String TRUNKLINE =
      """
      #!/bin/sh
      TRUNKLINE_JAVA_HOME=/opt/jdk exec /opt/trunkline/bin/trunkline "$@"
      """;

  static ManagedNode of(Node node, UserFiles files) {
    ManagedNode managed = new ManagedNode(node, files);
    managed.command("systemctl", SYSTEMCTL);
    managed.command("trunkline", TRUNKLINE);
    return managed;
  }

  private void command(String name, String script) {
    node.write("bin/" + name, script);
    node.exec("install", "-m", "755", "/lab/bin/" + name, "/usr/local/bin/" + name);
  }

  /** Gives it a file of a user under the path that users have it at. */
  void file(String path, String resource) {
    node.write("given", files.text(resource));
    node.exec("install", "-D", "-m", "644", "/lab/given", path);
  }

  /** Runs shell commands, until one fails; returns what they printed. */
  String run(String commands) {
    String password = "export PGPASSWORD=" + files.lab().target(node, 0).password();
    return node.exec("sh", "-euc", "exec 2>&1\n" + password + "\n" + commands);
  }
}
