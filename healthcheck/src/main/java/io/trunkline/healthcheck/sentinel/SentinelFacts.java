package io.trunkline.healthcheck.sentinel;

import io.netty.buffer.ByteBuf;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Hosts;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.ServerError;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a server has said of itself on one connection. */
final class SentinelFacts {
  private static final byte[] IN_HOT_STANDBY = utf8("in_hot_standby");
  private static final byte[] READ_ONLY = utf8("default_transaction_read_only");
  private static final int COLUMNS = 3;
  private static final int RECEIVER_COLUMNS = 6;

  private @Nullable Boolean inRecovery;
  private @Nullable Boolean readOnly;
  private OptionalLong timeline = OptionalLong.empty();
  private Optional<Upstream> upstream = Optional.empty();
  private boolean reported;

  /** Whether the server reports what it is without being asked (PostgreSQL 14 and later). */
  boolean reports() {
    return reported;
  }

  /** A ParameterStatus: a name and a value. */
  void parameter(ByteBuf body) throws ProtocolError {
    if (named(body, IN_HOT_STANDBY)) {
      inRecovery = isOn(body, IN_HOT_STANDBY.length);
      reported = readOnly != null;
    } else if (named(body, READ_ONLY)) {
      readOnly = isOn(body, READ_ONLY.length);
      reported = inRecovery != null;
    }
  }

  /** A DataRow of {@link SentinelQuery#SELECT}. */
  void row(ByteBuf body) throws ProtocolError {
    if (body.readShort() != COLUMNS) {
      throw new ProtocolError("a row that was not asked for");
    }
    inRecovery = isOn(column(body));
    readOnly = isOn(column(body));
    String file = column(body);
    timeline = file.isEmpty() ? OptionalLong.empty() : timeline(file);
  }

  /** A DataRow of {@link SentinelQuery#RECEIVER}. */
  void receiver(ByteBuf body) throws ProtocolError {
    if (body.readShort() != RECEIVER_COLUMNS) {
      throw new ProtocolError("a row that was not asked for");
    }
    inRecovery = isOn(column(body));
    readOnly = isOn(column(body));
    boolean streams = column(body).equals("streaming");
    OptionalLong received = number(column(body), 0xFFFF_FFFFL);
    String host = column(body);
    OptionalLong port = number(column(body), 65_535);
    boolean known = received.isPresent() && port.orElse(0) > 0 && Hosts.possible(host);
    upstream =
        streams && known
            ? Optional.of(
                new Upstream(new HostPort(host, (int) port.getAsLong()), received.getAsLong()))
            : Optional.empty();
  }

  /** It is not known whom it streams from. */
  void noReceiver() {
    upstream = Optional.empty();
  }

  /** Whom it streams from; empty out of recovery. */
  Optional<Upstream> upstream() {
    return access() == Access.IN_RECOVERY ? upstream : Optional.empty();
  }

  Access access() {
    if (Boolean.TRUE.equals(inRecovery)) {
      return Access.IN_RECOVERY;
    }
    return Boolean.TRUE.equals(readOnly) ? Access.READ_ONLY : Access.READ_WRITE;
  }

  /** The timeline that it writes on; it keeps that until it ends. Empty in recovery. */
  OptionalLong timeline() {
    return access() == Access.IN_RECOVERY ? OptionalLong.empty() : timeline;
  }

  /** Whether it has said enough. */
  boolean complete() {
    return inRecovery != null && readOnly != null;
  }

  private static boolean named(ByteBuf body, byte[] name) {
    int start = body.readerIndex();
    if (body.readableBytes() <= name.length || body.getByte(start + name.length) != 0) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (body.getByte(start + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOn(ByteBuf body, int nameLength) throws ProtocolError {
    body.skipBytes(nameLength + 1);
    return isOn(ServerError.text(body));
  }

  private static boolean isOn(String word) throws ProtocolError {
    return switch (word) {
      case "on", "t" -> true;
      case "off", "f" -> false;
      default -> throw new ProtocolError("a boolean that is neither on nor off");
    };
  }

  private static String column(ByteBuf body) {
    int length = body.readInt();
    return length < 0 ? "" : body.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }

  private static OptionalLong number(String text, long most) {
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > most) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  /** The first eight hexadecimal digits of a WAL file's name. */
  private static OptionalLong timeline(String file) throws ProtocolError {
    if (!file.matches("[0-9A-F]{24}")) {
      throw new ProtocolError("no name of a WAL file");
    }
    return OptionalLong.of(Long.parseLong(file.substring(0, 8), 16));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
