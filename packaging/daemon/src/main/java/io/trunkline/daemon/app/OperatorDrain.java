package io.trunkline.daemon.app;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.daemon.admin.AdminRequest;
import io.trunkline.daemon.admin.AdminResponse;
import io.trunkline.daemon.admin.RequestHandler.Refused;
import io.trunkline.daemon.status.DrainAnswer;
import io.trunkline.daemon.status.DrainReport;
import io.trunkline.daemon.status.Timestamps;
import io.trunkline.proxy.Proxy;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.vip.VipReason;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * {@code trunkline drain} and {@code undrain}: this node stands aside while it goes on, or takes
 * part again. Everything here runs on the admin event loop. It does not outlive a restart.
 */
final class OperatorDrain {
  private final Supplier<TrunklineConfig> config;
  private final PhaseCell phase;
  private final Proxy proxy;
  private final VipCoordinator vips;
  private final EventSink events;
  private final InstantSource clock;
  private final Executor loop;

  /** VIPs that were drained each for itself. */
  private final Set<String> apart = new ConcurrentSkipListSet<>();

  OperatorDrain(
      Supplier<TrunklineConfig> config,
      PhaseCell phase,
      Proxy proxy,
      VipCoordinator vips,
      EventSink events,
      InstantSource clock,
      Executor loop) {
    this.config = config;
    this.phase = phase;
    this.proxy = proxy;
    this.vips = vips;
    this.events = events;
    this.clock = clock;
    this.loop = loop;
  }

  CompletableFuture<AdminResponse> drain(AdminRequest request) throws Refused {
    Optional<String> vip = known(request.parameter("vip"));
    return vip.isPresent() ? drainVip(vip.get(), request.by()) : drainNode(request.by());
  }

  CompletableFuture<AdminResponse> undrain(AdminRequest request) throws Refused {
    Optional<String> vip = known(request.parameter("vip"));
    return vip.isPresent() ? undrainVip(vip.get(), request.by()) : undrainNode(request.by());
  }

  private Optional<String> known(Optional<String> vip) throws Refused {
    List<String> names = config.get().vips().stream().map(VipConfig::name).toList();
    if (vip.isPresent() && !names.contains(vip.get())) {
      throw Refused.unknown(
          names.isEmpty()
              ? "this node has no VIPs"
              : "this node has no VIP %s; it has %s"
                  .formatted(vip.get(), String.join(", ", names)));
    }
    return vip;
  }

  private CompletableFuture<AdminResponse> drainNode(String by) throws Refused {
    boolean changed = phase.standAside(clock.instant(), by);
    if (changed) {
      emit(EventName.NODE_DRAINED, "by", by, "sessions", sessions());
      // Until a successor has the addresses, those who come through them are served.
      CompletableFuture<Void> released = vips.release(VipReason.DRAINED);
      if (released.isDone()) {
        pause();
      } else {
        released.thenRunAsync(this::pause, loop);
      }
    }
    return answer(changed);
  }

  private void pause() {
    if (phase.drained().isPresent()) {
      proxy.pause();
    }
  }

  private CompletableFuture<AdminResponse> undrainNode(String by) throws Refused {
    boolean changed = phase.drained().isPresent();
    if (changed) {
      try {
        proxy.start();
      } catch (IOException e) {
        throw Refused.notNow("it stays drained: " + e.getMessage());
      }
      phase.takePart();
      emit(EventName.NODE_UNDRAINED, "by", by);
    }
    boolean resumed = changed || !apart.isEmpty();
    apart.clear();
    if (resumed) {
      config.get().vips().forEach(vip -> vips.resume(vip.name()));
    }
    return answer(resumed);
  }

  private CompletableFuture<AdminResponse> drainVip(String vip, String by) throws Refused {
    phase.checkAtWork();
    boolean changed = phase.drained().isEmpty() && apart.add(vip);
    if (changed) {
      emit(EventName.VIP_DRAINED, "vip", vip, "by", by);
      vips.release(vip, VipReason.RELEASED);
    }
    return answer(changed);
  }

  private CompletableFuture<AdminResponse> undrainVip(String vip, String by) throws Refused {
    if (phase.drained().isPresent()) {
      throw Refused.notNow("the whole node is drained: use undrain without --vip");
    }
    boolean changed = apart.remove(vip);
    if (changed) {
      emit(EventName.VIP_UNDRAINED, "vip", vip, "by", by);
      vips.resume(vip);
    }
    return answer(changed);
  }

  /** VIPs that were drained each for itself. */
  Set<String> apart() {
    return Set.copyOf(apart);
  }

  /** The former process of this node kept those away. */
  void keepApart(Set<String> names) {
    apart.addAll(names);
    reconfigured();
  }

  /** The configuration has changed: what is drained stays drained. */
  void reconfigured() {
    List<String> names = config.get().vips().stream().map(VipConfig::name).toList();
    apart.retainAll(names);
    if (phase.drained().isPresent()) {
      vips.release(VipReason.DRAINED);
    } else {
      apart.forEach(vip -> vips.release(vip, VipReason.RELEASED));
    }
  }

  private CompletableFuture<AdminResponse> answer(boolean changed) {
    return AdminResponse.json(new DrainAnswer(changed, report())).now();
  }

  DrainReport report() {
    Optional<Phase.Drained> drained = phase.drained();
    List<String> away =
        drained.isPresent()
            ? config.get().vips().stream().map(VipConfig::name).toList()
            : List.copyOf(apart);
    return new DrainReport(
        drained.isPresent(),
        drained.map(it -> Timestamps.text(it.since())).orElse(null),
        drained.map(Phase.Drained::by).orElse(null),
        away,
        sessions());
  }

  private int sessions() {
    return proxy.stats().values().stream().mapToInt(ListenerStats::connections).sum();
  }

  private void emit(EventName name, Object... fields) {
    events.emit(Event.of(clock.instant(), name, fields));
  }
}
