package io.trunkline.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.trunkline.config.AuthConfig;
import io.trunkline.config.DialTarget;
import io.trunkline.config.ListenerConfig;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Picker;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the connections to members share that the sessions of one listener have.
 *
 * @param config the listener's configuration
 * @param tls the TLS that is opened to members, if it is
 * @param cluster what the sessions of its cluster share
 * @param picker places sessions
 * @param dialer reaches members
 * @param keys the cancel keys that this node has seen members give to its clients, and whose they
 *     are; all event loops use it
 * @param stats counts
 * @param memory of what waits to be relayed, which all sessions share
 * @param states the memory for what sessions have to be restored with, which all share
 * @param connects is told what dialling members comes to
 * @param check tells members that stop from those that have ended one session
 * @param verifiers knows the verifiers of roles, if this node logs in for its clients
 * @param clock the time
 * @param random spreads what many sessions would do at once
 */
public record BackendContext(
    ListenerConfig config,
    Optional<BackendTls> tls,
    ClusterContext cluster,
    Picker picker,
    Dialer dialer,
    Map<CancelKey, CancelTarget> keys,
    ListenerStats stats,
    RelayMemory memory,
    StateMemory states,
    ConnectObserver connects,
    MemberCheck check,
    Optional<VerifierSource> verifiers,
    InstantSource clock,
    RandomGenerator random) {

  /** Nanoseconds of a steady time. */
  long nanoTime() {
    return new SteadyTime(clock).getAsLong();
  }

  /**
   * Whether sessions are connected to poolers beside the members: those repeat what PostgreSQL once
   * said, and that one is there says nothing of PostgreSQL.
   */
  boolean pooled() {
    return config.target() == DialTarget.PROXY_URL;
  }

  /** Whether sessions are to go on at another member. */
  public boolean keepsSessions() {
    return config.keepSessions() != ListenerConfig.KeepSessions.OFF
        && verifiers.isPresent()
        && config.followMessages();
  }

  /** Whether who is at the other end is verified, or nobody can listen: then verifiers may pass. */
  boolean trusts(Channel member) {
    return config.backendTls().mode().verifies()
        || cluster.config().auth().filter(AuthConfig::insecure).isPresent()
        || (member.remoteAddress() instanceof InetSocketAddress address
            && address.getAddress().isLoopbackAddress());
  }

  /** Whether what sessions are connected to takes TLS. */
  public BackendTlsSupport tlsSupport() {
    return pooled() ? cluster.poolerTls() : cluster.tls();
  }

  /** Finds that out, where it is not known. */
  public void askForTls(EventLoop loop) {
    cluster
        .cell()
        .current()
        .map(table -> table.view().addresses(config.target()))
        .ifPresent(members -> tlsSupport().ask(members, dialer, loop));
  }
}
