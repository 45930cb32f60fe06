package io.trunkline.importer.common;

import java.util.regex.Pattern;

/**
 * The place of a cluster in the key-value store.
 *
 * @param namespace with a slash around
 * @param name Patroni's scope; of a Citus cluster with a slash and the group
 */
public record Scope(String namespace, String name) {
  private static final Pattern NAME = Pattern.compile("[^/\\s\\p{Cntrl}]+(/[^/\\s\\p{Cntrl}]+)?");

  public static Scope of(String namespace, String name) {
    return new Scope(("/" + namespace + "/").replaceAll("/+", "/"), name);
  }

  public boolean isValid() {
    return NAME.matcher(name).matches();
  }
}
