package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the first packet of a connection without consuming it. */
public final class OpeningDecoder {
  /** The code of CancelRequest. */
  public static final int CANCEL_REQUEST = 80_877_102;

  /** The code of SSLRequest. */
  public static final int SSL_REQUEST = 80_877_103;

  private static final int HEADER = 8;
  private static final int GSSENC_REQUEST = 80_877_104;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int PROTOCOL_MAJOR = 3;

  private static final String APPLICATION_NAME = "application_name";

  /** Those that mean something here. The others pass by: they are the client's to choose. */
  private static final Set<String> KEPT =
      Set.of("user", "database", APPLICATION_NAME, "replication");

  private OpeningDecoder() {}

  /** As {@link #peek(ByteBuf, int)}, with PostgreSQL's own limit. */
  public static Optional<Opening> peek(ByteBuf bytes) {
    return peek(bytes, Opening.MAX_LENGTH);
  }

  /**
   * The packet at the reader index; empty while more bytes are needed to tell.
   *
   * @param maxStartup the longest startup packet, at most {@link Opening#MAX_LENGTH}
   */
  public static Optional<Opening> peek(ByteBuf bytes, int maxStartup) {
    if (!bytes.isReadable()) {
      return Optional.empty();
    }
    int start = bytes.readerIndex();
    if (bytes.getUnsignedByte(start) == TLS_HANDSHAKE) {
      return Optional.of(new Opening.DirectTls());
    }
    if (bytes.getByte(start) != 0) {
      return Optional.of(
          new Opening.Malformed("the connection does not begin with a startup packet"));
    }
    if (bytes.readableBytes() < Integer.BYTES) {
      return Optional.empty();
    }
    int length = bytes.getInt(start);
    if (length < HEADER || length > Opening.MAX_LENGTH) {
      return Optional.of(new Opening.Malformed("invalid length of startup packet: " + length));
    }
    if (bytes.readableBytes() < HEADER) {
      return Optional.empty();
    }
    int code = bytes.getInt(start + Integer.BYTES);
    return length > maxStartup && !isRequest(code)
        ? Optional.of(new Opening.Malformed("the startup packet has " + length + " bytes"))
        : classify(bytes, start, length, code);
  }

  /** How many bytes the packet has; only for a packet that {@link #peek} has recognised. */
  public static int length(ByteBuf bytes) {
    return bytes.getInt(bytes.readerIndex());
  }

  private static boolean isRequest(int code) {
    return code == SSL_REQUEST || code == GSSENC_REQUEST || code == CANCEL_REQUEST;
  }

  private static Optional<Opening> classify(ByteBuf bytes, int start, int length, int code) {
    return switch (code) {
      case SSL_REQUEST -> Optional.of(bare(length, new Opening.SslRequest()));
      case GSSENC_REQUEST -> Optional.of(bare(length, new Opening.GssEncRequest()));
      case CANCEL_REQUEST -> cancel(bytes, start, length);
      default -> startup(bytes, start, length, code);
    };
  }

  private static Opening bare(int length, Opening request) {
    return length == HEADER
        ? request
        : new Opening.Malformed("the encryption request has " + length + " bytes");
  }

  private static Optional<Opening> cancel(ByteBuf bytes, int start, int length) {
    int keyLength = length - HEADER - Integer.BYTES;
    if (keyLength < 4 || keyLength > 256) {
      return Optional.of(new Opening.MalformedCancel("the cancel key has " + keyLength + " bytes"));
    }
    if (bytes.readableBytes() < length) {
      return Optional.empty();
    }
    return Optional.of(new Opening.CancelRequest(bytes.getInt(start + HEADER), keyLength));
  }

  private static Optional<Opening> startup(ByteBuf bytes, int start, int length, int version) {
    int major = version >>> 16;
    if (major != PROTOCOL_MAJOR) {
      return Optional.of(new Opening.Unsupported(major, version & 0xffff));
    }
    if (bytes.readableBytes() < length) {
      return Optional.empty();
    }
    return Optional.of(parameters(bytes.slice(start + HEADER, length - HEADER), version));
  }

  private static Opening parameters(ByteBuf body, int version) {
    Map<String, String> parameters = new LinkedHashMap<>();
    String options = "";
    while (true) {
      int nameLength = body.bytesBefore((byte) 0);
      if (nameLength < 0) {
        return new Opening.Malformed("the startup packet has no terminator");
      }
      String name = Names.read(body, body.readerIndex(), nameLength);
      body.skipBytes(nameLength + 1);
      // By its bytes: the text of those that are no characters may be empty.
      if (nameLength == 0 && body.isReadable()) {
        return new Opening.Malformed("data follows the terminator of the startup packet");
      }
      if (nameLength == 0) {
        if (!parameters.containsKey(APPLICATION_NAME)) {
          StartupOptions.setting(options, APPLICATION_NAME)
              .ifPresent(given -> parameters.put(APPLICATION_NAME, Names.cut(given)));
        }
        return new Opening.StartupMessage(version >>> 16, version & 0xffff, parameters);
      }
      int length = body.bytesBefore((byte) 0);
      if (length < 0) {
        return new Opening.Malformed("a startup parameter has no value");
      }
      if (name.equals("options")) {
        options = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
      } else if (KEPT.contains(name)) {
        parameters.put(name, Names.read(body, body.readerIndex(), length));
      }
      body.skipBytes(length + 1);
    }
  }
}
