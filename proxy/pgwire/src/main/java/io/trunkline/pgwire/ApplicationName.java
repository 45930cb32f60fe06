package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Adds the client's address to the {@code application_name} of a startup packet. */
public final class ApplicationName {
  private static final String SETTING = "application_name";
  private static final byte[] NAME = SETTING.getBytes(StandardCharsets.US_ASCII);

  private static final int HEADER = 2 * Integer.BYTES;

  private ApplicationName() {}

  /**
   * That packet, with {@code ADDRESS:PORT} in its application_name, also when that is given in its
   * options; all other bytes stay as they are.
   *
   * @param packet begins with a startup packet that {@link OpeningDecoder} has recognised; stays as
   *     it is
   * @return the new packet, owned by the caller; empty where it would be longer than PostgreSQL
   *     takes
   */
  public static Optional<ByteBuf> addHost(
      ByteBufAllocator allocator, ByteBuf packet, InetSocketAddress client) {
    int length = OpeningDecoder.length(packet);
    ByteBuf parameters = packet.slice(packet.readerIndex() + HEADER, length - HEADER);
    ByteBuf out = allocator.buffer(length + NAME.length + Names.LONGEST + 2);
    out.writeInt(0).writeInt(packet.getInt(packet.readerIndex() + Integer.BYTES));
    byte[] application = new byte[0];
    byte[] optional = application;
    while (parameters.getByte(parameters.readerIndex()) != 0) {
      ByteBuf name = cstring(parameters);
      ByteBuf value = cstring(parameters);
      if (SETTING.equalsIgnoreCase(name.toString(StandardCharsets.ISO_8859_1))) {
        application = ByteBufUtil.getBytes(value);
      } else {
        if (name.toString(StandardCharsets.ISO_8859_1).equals("options")) {
          optional = inOptions(value);
        }
        out.writeBytes(name).writeByte(0).writeBytes(value).writeByte(0);
      }
    }
    out.writeBytes(NAME)
        .writeByte(0)
        .writeBytes(joined(application.length == 0 ? optional : application, client))
        .writeShort(0);
    if (out.readableBytes() > Opening.MAX_LENGTH) {
      out.release();
      return Optional.empty();
    }
    return Optional.of(out.setInt(0, out.readableBytes()));
  }

  /** What the options say; a parameter of its own counts more. */
  private static byte[] inOptions(ByteBuf options) {
    return StartupOptions.setting(options.toString(StandardCharsets.ISO_8859_1), SETTING)
        .orElse("")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static ByteBuf cstring(ByteBuf from) {
    ByteBuf text = from.readSlice(from.bytesBefore((byte) 0));
    from.skipBytes(1);
    return text;
  }

  private static byte[] joined(byte[] application, InetSocketAddress client) {
    String host = NetUtil.toSocketAddressString(client);
    if (application.length == 0) {
      return host.getBytes(StandardCharsets.US_ASCII);
    }
    byte[] suffix = (" - " + host).getBytes(StandardCharsets.US_ASCII);
    int kept = Math.min(application.length, Names.LONGEST - suffix.length);
    while (kept < application.length && kept > 0 && (application[kept] & 0xc0) == 0x80) {
      kept--; // within a character of UTF-8
    }
    byte[] joined = Arrays.copyOf(application, kept + suffix.length);
    System.arraycopy(suffix, 0, joined, kept, suffix.length);
    return joined;
  }
}
