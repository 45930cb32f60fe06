package io.trunkline.daemon.app;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.config.Cidr;
import io.trunkline.config.HostPort;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.daemon.admin.AdminServer;
import io.trunkline.daemon.status.PredecessorReport;
import io.trunkline.daemon.status.Timestamps;
import io.trunkline.daemon.status.UpgradeAnswer;
import io.trunkline.daemon.upgrade.HandoverSource;
import io.trunkline.daemon.upgrade.HandoverState;
import io.trunkline.daemon.upgrade.Predecessor;
import io.trunkline.daemon.upgrade.ProcessInfo;
import io.trunkline.daemon.upgrade.Upgrade;
import io.trunkline.proxy.Proxy;
import io.trunkline.proxy.listener.InheritedSockets;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.vip.VipHandover;
import io.trunkline.vip.VipReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** This process between the one before it, which it takes over from, and the one after. */
final class ProcessHandover implements HandoverSource, AutoCloseable {
  /** Milliseconds from one sign of life to the next. */
  private static final long KEEP_ALIVE = 500;

  private final Parts parts;
  private final String version;
  private final EventSink events;
  private final InstantSource clock;
  private final Upgrade upgrade;
  private final LivenessProbe sessionLoops;
  private volatile Optional<Predecessor> former = Optional.empty();

  /** Addresses that this node had when another process became the service. */
  private volatile List<InetAddress> held = List.of();

  /**
   * What of the daemon goes from one process to the next.
   *
   * @param ailment what is wrong with this process; empty while nothing is
   */
  record Parts(
      Supplier<TrunklineConfig> config,
      PhaseCell phase,
      AdminServer admin,
      Proxy proxy,
      VipCoordinator vips,
      OperatorDrain operators,
      ServiceManager manager,
      Supplier<Optional<String>> ailment,
      EventLoopGroup loop) {}

  /**
   * @param version of this program
   * @param command how to start it again; empty: unknown
   */
  ProcessHandover(
      Parts parts, String version, List<String> command, EventSink events, InstantSource clock) {
    this.parts = parts;
    this.version = version;
    this.events = events;
    this.clock = clock;
    long process = ProcessHandle.current().pid();
    Path socket = parts.config().get().admin().socket().resolveSibling(".upgrade." + process);
    this.upgrade = new Upgrade(command, socket, this, parts.loop(), events, clock);
    this.sessionLoops = new LivenessProbe(parts.proxy()::turn, upgrade::alive);
  }

  /**
   * Takes over from the process that waits there.
   *
   * @throws IOException saying in one sentence why not; then that process goes on
   */
  void succeed(Path meeting) throws IOException {
    Predecessor other = Predecessor.meet(meeting, parts.loop());
    ProcessInfo info = ProcessInfo.of(version, parts.config().get());
    try (InheritedSockets sockets = other.sockets(info)) {
      parts.admin().start(Optional.of(sockets));
      parts.proxy().start(sockets);
      parts.vips().standBy();
      HandoverState state = other.state();
      parts.vips().inherit(state.vips());
      parts.operators().keepApart(state.drainedVips());
      other.succeed(() -> emit(EventName.UPGRADE_PREDECESSOR_HUNG, "process", other.process()));
      parts.admin().publish();
    } catch (IOException e) {
      other.close();
      throw e;
    }
    former = Optional.of(other);
    emit(EventName.UPGRADE_TAKEN_OVER, "from_process", other.process());
  }

  /** The process before this one, while it has sessions. */
  Optional<PredecessorReport> predecessor() {
    return former.flatMap(Predecessor::report);
  }

  /** Has the process before this one drain its sessions; completes when it has ended. */
  CompletableFuture<Void> stopPredecessor() {
    return former.map(Predecessor::stop).orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Hands over to a new process, as somebody of that name asks. */
  CompletableFuture<UpgradeAnswer> begin(String by) {
    return upgrade.begin(by);
  }

  /** Completes when a new process is the service. */
  CompletableFuture<Void> succeeded() {
    return upgrade.succeeded();
  }

  @Override
  public Optional<String> obstacle() {
    return parts.phase().now() instanceof Phase.Serving
        ? Optional.empty()
        : Optional.of(
            "this node is %s; only one that serves can hand over"
                .formatted(parts.phase().now().word()));
  }

  @Override
  public Map<HostPort, FileDescriptor> sockets() {
    Map<HostPort, FileDescriptor> all = new HashMap<>(parts.proxy().sockets());
    all.putAll(parts.admin().socket());
    return all;
  }

  @Override
  public CompletableFuture<HandoverState> passOn(ProcessInfo info) {
    Map<String, String> mine = ProcessInfo.of(version, parts.config().get()).vips();
    List<CompletableFuture<Void>> released = new ArrayList<>();
    mine.forEach(
        (vip, identity) -> {
          if (!identity.equals(info.vips().get(vip))) {
            released.add(parts.vips().release(vip, VipReason.SHUTDOWN));
          }
        });
    return CompletableFuture.allOf(released.toArray(CompletableFuture[]::new))
        .thenCompose(_ -> parts.vips().passOn())
        .thenApply(left -> new HandoverState(left, parts.operators().apart()));
  }

  @Override
  public void takeBack(HandoverState state) {
    parts.vips().inherit(state.vips());
    state.vips().keySet().stream()
        .filter(vip -> !state.drainedVips().contains(vip))
        .forEach(parts.vips()::resume);
  }

  @Override
  public void succeededBy(long process, String newVersion, HandoverState state) {
    TrunklineConfig config = parts.config().get();
    held = addresses(config, state.vips());
    parts.manager().succeededBy(process);
    stopPredecessor();
    parts.admin().close();
    parts.vips().close();
    parts.phase().handOver(clock.instant(), config.upgradeTimeout());
    emit(
        EventName.UPGRADE_HANDED_OVER,
        "to_process",
        process,
        "version",
        newVersion,
        "sessions",
        sessions(),
        "timeout_ms",
        config.upgradeTimeout().toMillis());
  }

  private static List<InetAddress> addresses(
      TrunklineConfig config, Map<String, VipHandover> handovers) {
    List<InetAddress> addresses = new ArrayList<>();
    for (VipConfig vip : config.vips()) {
      if (handovers.getOrDefault(vip.name(), VipHandover.NOTHING).held()) {
        vip.allAddresses().stream().map(Cidr::address).forEach(addresses::add);
      }
    }
    return List.copyOf(addresses);
  }

  @Override
  public CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses) {
    if (upgrade.succeeded().isDone()) {
      // It has no VIP any more that could bring them back.
      parts.proxy().refuseThrough(addresses);
    }
    CompletableFuture<Integer> here = parts.proxy().endSessionsThrough(addresses);
    CompletableFuture<Integer> before =
        former
            .map(it -> it.endSessionsThrough(addresses))
            .orElseGet(() -> CompletableFuture.completedFuture(0));
    return here.thenCombine(before, Integer::sum);
  }

  @Override
  public int sessions() {
    return parts.proxy().connections();
  }

  /**
   * Looks after the sessions that are left when another process is the service; completes when
   * there are none any more, or when they are to be drained.
   */
  CompletableFuture<Void> outlive() {
    TrunklineConfig config = parts.config().get();
    Instant until = clock.instant().plus(config.upgradeTimeout());
    var _ =
        parts.loop().scheduleAtFixedRate(this::signOfLife, 0, KEEP_ALIVE, TimeUnit.MILLISECONDS);
    ScheduledFuture<?> rounds =
        parts.loop().scheduleAtFixedRate(() -> lookAfter(until), 0, 1, TimeUnit.SECONDS);
    return CompletableFuture.anyOf(parts.proxy().retire(config.upgradeTimeout()), upgrade.stopped())
        .thenAccept(_ -> rounds.cancel(false));
  }

  /** To the end of the process, also while it drains. */
  private void signOfLife() {
    if (parts.ailment().get().isEmpty()) {
      sessionLoops.send();
    }
  }

  private void lookAfter(Instant until) {
    upgrade.tell(
        new PredecessorReport(ProcessHandle.current().pid(), sessions(), Timestamps.text(until)));
    List<InetAddress> gone = held.stream().filter(address -> !isLocal(address)).toList();
    if (!gone.isEmpty()) {
      held = held.stream().filter(address -> !gone.contains(address)).toList();
      parts.proxy().refuseThrough(gone);
      var _ = parts.proxy().endSessionsThrough(gone).thenAccept(this::ended);
    }
  }

  private void ended(int count) {
    Object[] fields = {"vip", "*", "sessions", count, "reason", "address_gone"};
    events.emit(Event.of(clock.instant(), Severity.WARN, EventName.VIP_SESSIONS_ENDED, fields));
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true;
    }
  }

  private void emit(EventName name, Object... fields) {
    events.emit(Event.of(clock.instant(), name, fields));
  }

  @Override
  public void close() {
    upgrade.close();
  }
}
