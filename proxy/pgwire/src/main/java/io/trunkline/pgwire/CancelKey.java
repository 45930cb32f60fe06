package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What BackendKeyData gives a client and CancelRequest brings back: a process id and a secret of 4
 * bytes (protocol 3.0) or up to 256 (3.2).
 */
public final class CancelKey {
  private static final int SHORTEST = 4;
  private static final int LONGEST = 256;

  private final byte[] bytes;

  private CancelKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The key in those bytes: process id, then secret; null when they cannot be one. */
  public static @Nullable CancelKey read(ByteBuf from, int index, int length) {
    int secret = length - Integer.BYTES;
    return secret < SHORTEST || secret > LONGEST
        ? null
        : new CancelKey(ByteBufUtil.getBytes(from, index, length));
  }

  /** CancelRequest. */
  public ByteBuf request(ByteBufAllocator allocator) {
    int length = 2 * Integer.BYTES + bytes.length;
    return allocator
        .buffer(length)
        .writeInt(length)
        .writeInt(OpeningDecoder.CANCEL_REQUEST)
        .writeBytes(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CancelKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "CancelKey of " + bytes.length + " bytes";
  }
}
