package io.trunkline.importer.common;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whose configuration file it is. */
public enum Dialect {
  HAPROXY("haproxy.cfg", "(global|defaults|frontend|backend|listen)([ \\t][^:]*)?"),
  KEEPALIVED(
      "keepalived.conf",
      "(global_defs|vrrp_instance|vrrp_script|vrrp_sync_group|virtual_server)\\b[^:]*"),
  VIP_MANAGER(
      "vip-manager.yml",
      "(trigger-key|trigger-value|dcs-type|dcs-endpoints|hosting-type|manager-type|netmask"
          + "|endpoint_type|hosting_type|nodename|endpoints)[ \\t]*:.*"),
  PATRONI(
      "patroni.yml",
      "(scope|restapi|bootstrap|postgresql|etcd3|etcd|consul|zookeeper|kubernetes)[ \\t]*:.*");

  private final String usualName;
  private final Pattern telling;

  Dialect(String usualName, String telling) {
    this.usualName = usualName;
    this.telling = Pattern.compile(telling);
  }

  /** The name that such a file usually has. */
  public String usualName() {
    return usualName;
  }

  /** Tells by the content: the dialect that most lines are of; empty when no line tells. */
  public static Optional<Dialect> of(String text) {
    return Stream.of(values())
        .filter(dialect -> dialect.lines(text) > 0)
        .max(Comparator.comparingLong(dialect -> dialect.lines(text)));
  }

  private long lines(String text) {
    return text.lines().filter(line -> telling.matcher(line.stripTrailing()).matches()).count();
  }
}
