package io.trunkline.proxy.session;

import io.trunkline.config.Labelled;
import java.net.InetSocketAddress;
import java.time.Instant;
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
    Instant since,
    long bytesFromClient,
    long bytesToClient) {

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
