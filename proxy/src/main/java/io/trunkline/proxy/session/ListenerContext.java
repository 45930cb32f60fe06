package io.trunkline.proxy.session;

import io.netty.channel.EventLoop;
import io.trunkline.config.DialTarget;
import io.trunkline.config.ListenerConfig;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.backend.BackendTlsSupport;
import io.trunkline.proxy.backend.CancelKeys;
import io.trunkline.proxy.backend.ClusterContext;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.RefusalLog;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.proxy.tls.ServerTls;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Picker;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What the sessions of one listener share.
 *
 * @param config its configuration
 * @param tls the TLS with clients that ends here, if it does
 * @param backendTls the TLS that is opened to members, if it is
 * @param cluster what the sessions of its cluster share
 * @param picker places sessions
 * @param admission lets clients in
 * @param rules lets them in too, once it is known what they want
 * @param dialer reaches members
 * @param cancels passes cancel requests on
 * @param keys the cancel keys that this node knows
 * @param stats counts
 * @param memory of what waits to be relayed, which all sessions share
 * @param connects is told what dialling members comes to
 * @param refusals is told of refused clients
 * @param clock the time
 */
public record ListenerContext(
    ListenerConfig config,
    Optional<ServerTls> tls,
    Optional<BackendTls> backendTls,
    ClusterContext cluster,
    Picker picker,
    Admission admission,
    Rules rules,
    Dialer dialer,
    CancelFanOut cancels,
    CancelKeys keys,
    ListenerStats stats,
    RelayMemory memory,
    ConnectObserver connects,
    RefusalLog refusals,
    InstantSource clock) {

  /** A client for whom there was no file descriptor, not even to be told so. */
  public void dropped(InetSocketAddress peer) {
    SessionEnd reason = SessionEnd.DESCRIPTOR_LIMIT;
    stats.connectionOpened();
    stats.connectionEnded(reason);
    refusals.refused(reason, peer.getAddress().getHostAddress(), reason.sentence());
  }

  /**
   * Whether sessions are connected to poolers beside the members: those repeat what PostgreSQL once
   * said, and that one is there says nothing of PostgreSQL.
   */
  public boolean pooled() {
    return config.target() == DialTarget.PROXY_URL;
  }

  /** Whether what sessions are connected to takes TLS. */
  public BackendTlsSupport tlsKnowledge() {
    return pooled() ? cluster.poolerTls() : cluster.tls();
  }

  /** Finds that out, where it is not known. */
  void askForTls(EventLoop loop) {
    cluster
        .cell()
        .current()
        .map(table -> table.view().addresses(config.target()))
        .ifPresent(members -> tlsKnowledge().ask(members, dialer, loop));
  }

  /** A session begins, which may use the TLS of this listener until it ends. */
  void enterTls() {
    tls.ifPresent(ServerTls::enter);
    backendTls.ifPresent(BackendTls::enter);
  }

  /** It has ended. */
  void leaveTls() {
    tls.ifPresent(ServerTls::leave);
    backendTls.ifPresent(BackendTls::leave);
  }

  /** Whether it is what such a listener of that cluster would be. */
  @SuppressWarnings("ReferenceEquality") // an equal one would count other waiting clients
  public boolean serves(ListenerConfig wanted, ClusterContext of) {
    return config.equals(wanted) && cluster == of;
  }
}
