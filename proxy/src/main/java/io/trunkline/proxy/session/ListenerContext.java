package io.trunkline.proxy.session;

import io.trunkline.config.ListenerConfig;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.backend.BackendContext;
import io.trunkline.proxy.backend.ClusterContext;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.RefusalLog;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.proxy.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * What the sessions of one listener share.
 *
 * @param tls the TLS with clients that ends here, if it does
 * @param backends what their connections to members share
 * @param admission lets clients in
 * @param rules lets them in too, once it is known what they want
 * @param cancels passes cancel requests on
 * @param refusals is told of refused clients
 */
public record ListenerContext(
    Optional<ServerTls> tls,
    BackendContext backends,
    Admission admission,
    Rules rules,
    CancelFanOut cancels,
    RefusalLog refusals) {

  /** The listener's configuration. */
  public ListenerConfig config() {
    return backends.config();
  }

  /** What the sessions of its cluster share. */
  public ClusterContext cluster() {
    return backends.cluster();
  }

  /** What it has done. */
  public ListenerStats stats() {
    return backends.stats();
  }

  /** The memory of what waits to be relayed, which all sessions share. */
  public RelayMemory memory() {
    return backends.memory();
  }

  /** The time now. */
  Instant now() {
    return backends.clock().instant();
  }

  /** A client for whom there was no file descriptor, not even to be told so. */
  public void dropped(InetSocketAddress peer) {
    SessionEnd reason = SessionEnd.DESCRIPTOR_LIMIT;
    stats().connectionOpened();
    stats().connectionEnded(reason);
    refusals.refused(reason, peer.getAddress().getHostAddress(), reason.sentence());
  }

  /** A session begins, which may use the TLS of this listener until it ends. */
  void enterTls() {
    tls.ifPresent(ServerTls::enter);
    backends.tls().ifPresent(BackendTls::enter);
  }

  /** It has ended. */
  void leaveTls() {
    tls.ifPresent(ServerTls::leave);
    backends.tls().ifPresent(BackendTls::leave);
  }

  /** Whether it is what such a listener of that cluster would be. */
  @SuppressWarnings("ReferenceEquality") // an equal one would count other waiting clients
  public boolean serves(ListenerConfig wanted, ClusterContext of) {
    return config().equals(wanted) && cluster() == of;
  }
}
