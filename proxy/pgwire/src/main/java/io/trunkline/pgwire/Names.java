package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Names as PostgreSQL has them: it cuts longer ones (NAMEDATALEN). */
public final class Names {
  /** Bytes. */
  public static final int LONGEST = 63;

  private Names() {}

  /** Those bytes as text, cut to the longest name; a character of UTF-8 is not cut in two. */
  static String read(ByteBuf bytes, int index, int length) {
    int end = length;
    if (length > LONGEST) {
      end = LONGEST;
      while (end > 0 && (bytes.getByte(index + end) & 0xc0) == 0x80) {
        end--; // within a character
      }
    }
    return bytes.toString(index, end, StandardCharsets.UTF_8);
  }

  /** That text, cut to the longest name. */
  static String cut(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return read(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }
}
