package io.trunkline.proxy.stats;

import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.handler.codec.DecoderException;
import io.trunkline.config.Labelled;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** Why a connection failed, other than by its peer's wish. */
public enum ConnectionFailure implements Labelled {
  /** The peer has reset it, or it was written to after the peer had closed (ECONNRESET, EPIPE). */
  RESET,
  /**
   * The peer did not acknowledge in time, or cannot be reached any more (ETIMEDOUT, EHOSTUNREACH).
   */
  TIMED_OUT,
  /** TLS on it broke. */
  TLS,
  /** There was no memory for its bytes. */
  OUT_OF_MEMORY,
  /** Another error of the kernel. */
  IO,
  /** An error in this program. */
  INTERNAL;

  private static final int EPIPE = -32;
  private static final int ENETUNREACH = -101;
  private static final int ECONNRESET = -104;
  private static final int ETIMEDOUT = -110;
  private static final int EHOSTUNREACH = -113;

  /** At which end of a session. */
  public enum Side implements Labelled {
    CLIENT,
    MEMBER;
  }

  /** What that exception means. */
  public static ConnectionFailure of(Throwable cause) {
    return switch (cause) {
      case OutOfMemoryError _ -> OUT_OF_MEMORY;
      case SSLException _ -> TLS;
      case DecoderException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case NativeIoException error ->
          switch (error.expectedErr()) {
            case ECONNRESET, EPIPE -> RESET;
            case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH -> TIMED_OUT;
            default -> IO;
          };
      case IOException _ -> IO;
      default -> INTERNAL;
    };
  }
}
