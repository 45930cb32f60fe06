package io.trunkline.proxy.session;

import io.trunkline.config.Labelled;
import io.trunkline.pgwire.state.Pinned;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session as it was at one moment. User, database and application name are null where they cannot
 * be seen: before the startup packet, and where TLS is passed through.
 *
 * @param id of this daemon's, never given twice
 * @param listener the name of the listener it came in through
 * @param client the client's address, also behind a balancer that tells it
 * @param member the member it is, or is being, connected to; null: none
 * @param why it waits, in a sentence; null: it does not
 * @param keep whether it goes on if its member goes now
 * @param since when the client connected
 * @param bytesFromClient received from it
 * @param bytesToClient sent to it
 */
public record SessionInfo(
    long id,
    String listener,
    InetSocketAddress client,
    @Nullable String user,
    @Nullable String database,
    @Nullable String applicationName,
    @Nullable String member,
    SessionState state,
    @Nullable String why,
    Tls tls,
    Keep keep,
    Instant since,
    long bytesFromClient,
    long bytesToClient) {

  /**
   * Whether a session can be kept when its member goes.
   *
   * @param wanted whether sessions are kept at all where it is
   * @param pinned why it cannot be kept
   */
  public record Keep(boolean wanted, Optional<Pinned> pinned) {
    /** Of a session that ends with its member, as all do there. */
    public static final Keep NOT_WANTED = new Keep(false, Optional.empty());
  }

  /** Who ends the client's TLS. */
  public enum Tls implements Labelled {
    /** There is none. */
    NONE,
    /** The member, if it took the client's request. */
    PASSTHROUGH,
    /** This proxy. */
    TERMINATED;
  }
}
