package io.trunkline.config;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/**
 * The keys that one mapping of the file may have. A key with a {@code _file} twin is a secret.
 *
 * @param path as in {@code clusters[].etcd}; empty for the whole file
 */
record Section(String path, List<String> keys) {
  static Section of(String path, String... keys) {
    if (new HashSet<>(Arrays.asList(keys)).size() != keys.length) {
      throw new IllegalArgumentException("a key twice in " + path);
    }
    return new Section(path, List.of(keys));
  }

  boolean isSecret(String key) {
    return keys.contains(key + "_file");
  }

  boolean hasSecrets() {
    return keys.stream().anyMatch(this::isSecret);
  }
}
