package io.trunkline.healthcheck.dcs;

import io.trunkline.healthcheck.common.JunkException;
import java.nio.charset.StandardCharsets;

/**
 * A key's value in etcd. A value that is too large is not kept, and reads as junk.
 *
 * @param value the text; empty when it was too large
 * @param size how many bytes etcd holds
 * @param createRevision etcd's revision at which the key came to be
 * @param modRevision etcd's revision of the last change
 */
public record Entry(String value, int size, long createRevision, long modRevision) {
  static final int MAX_SIZE = 1 << 20;

  public static Entry of(byte[] bytes, long createRevision, long modRevision) {
    String value = bytes.length > MAX_SIZE ? "" : new String(bytes, StandardCharsets.UTF_8);
    return new Entry(value, bytes.length, createRevision, modRevision);
  }

  /** The value, unless it is too large. */
  String text() throws JunkException {
    if (size > MAX_SIZE) {
      throw new JunkException("a value of " + size + " bytes");
    }
    return value;
  }
}
