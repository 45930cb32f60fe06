package io.trunkline.vip;

import io.trunkline.config.DurationHistogram;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.claim.LeaderClaimant;
import io.trunkline.vip.lease.LeaseClaimant;
import io.trunkline.vip.lease.LeaseStore;
import io.trunkline.vip.lease.LeaseTerms;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.RealTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The VIPs of this node, on the network of this machine. Without {@link #heartbeat} the addresses
 * go: first by this class, and if this process is dead or frozen, by the kernel.
 */
public final class LinuxVipService implements VipService {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String node;
  private final List<VipConfig> vips;
  private final InstantSource clock;
  private final int rtPriority;
  private final Notifier notifier;
  private final Function<VipConfig, LeaseStore> stores;
  private final Map<String, VipInstance> instances = new LinkedHashMap<>();
  private final Map<String, LeaderClaimant> followers = new LinkedHashMap<>();
  private final List<LeaseStore> opened = new ArrayList<>();
  private volatile @Nullable VipLoop loop;
  private @Nullable Thread thread;
  private Instant started = Instant.EPOCH;

  /**
   * @param rtPriority SCHED_RR priority of the protocol's thread, 1 to 99; 0: none. If the kernel
   *     does not permit it, that is a warning.
   * @param clock what it says at the start is where the protocol's time begins, which then runs
   *     with {@link System#nanoTime}
   * @param stores where the lease of a VIP of mode etcd is; does not wait for etcd
   */
  public LinuxVipService(
      String node,
      List<VipConfig> vips,
      int rtPriority,
      VipListener listener,
      InstantSource clock,
      Function<VipConfig, LeaseStore> stores) {
    this.rtPriority = rtPriority;
    this.node = node;
    this.vips = List.copyOf(vips);
    this.stores = stores;
    this.clock = clock;
    this.notifier = new Notifier(listener);
  }

  @Override
  public synchronized void start() throws IOException {
    begin(true);
  }

  @Override
  public synchronized void standBy() throws IOException {
    begin(false);
  }

  private void begin(boolean alone) throws IOException {
    if (loop != null) {
      throw new IllegalStateException("already started");
    }
    started = clock.instant();
    VipLoop fresh = new VipLoop(new LoopTime(clock), notifier);
    Map<String, VipInterface> interfaces = new LinkedHashMap<>();
    for (VipConfig vip : vips) {
      VipInterface nic =
          interfaces.computeIfAbsent(
              vip.networkInterface(), name -> new VipInterface(name, fresh.routes()));
      VipInstance instance = instance(vip, nic, fresh);
      nic.attach(instance);
      instances.put(vip.name(), instance);
      if (!alone) {
        instance.hold(VipInstance.Hold.OTHER_PROCESS, VipReason.NOT_STARTED, started);
      }
    }
    try {
      fresh.open(List.copyOf(interfaces.values()), alone);
    } catch (IOException | RuntimeException e) {
      instances.clear();
      closeStores();
      fresh.close();
      throw e;
    }
    loop = fresh;
    Thread runner = new Thread(() -> run(fresh), "vrrp");
    runner.setDaemon(true);
    thread = runner;
    runner.start();
  }

  private void run(VipLoop fresh) {
    if (rtPriority > 0) {
      try {
        RealTime.claim(rtPriority);
      } catch (LinuxException e) {
        notifier.warning("*", e.getMessage() + "; it runs with an ordinary one");
      }
    }
    fresh.run();
  }

  private VipInstance instance(VipConfig vip, VipInterface nic, VipLoop on) {
    return switch (vip.mode()) {
      case VRRP -> new VrrpInstance(vip, nic, on);
      case ETCD -> new ClaimedInstance(vip, nic, on, held -> lease(vip, held, on));
      case LEADER -> {
        LeaderClaimant claimant = new LeaderClaimant();
        followers.put(vip.name(), claimant);
        yield new ClaimedInstance(vip, nic, on, _ -> claimant);
      }
    };
  }

  private LeaseClaimant lease(VipConfig vip, ClaimedInstance held, VipLoop on) {
    LeaseStore store = stores.apply(vip);
    opened.add(store);
    LeaseTerms terms = new LeaseTerms(node, vip.lease().orElseThrow().ttl());
    return new LeaseClaimant(terms, store, on::post, held::claimChanged);
  }

  private void closeStores() {
    opened.forEach(LeaseStore::close);
    opened.clear();
  }

  @Override
  public void leader(String vip, LeaderClaimant.Sight sight) {
    LeaderClaimant claimant = followers.get(vip);
    if (claimant == null || !(instance(vip) instanceof ClaimedInstance held)) {
      throw new IllegalArgumentException(vip + " does not follow a leader");
    }
    post(
        now -> {
          claimant.see(sight);
          held.claimChanged(now);
        });
  }

  @Override
  public void serving(String vip, boolean serving, String why) {
    VipInstance instance = instance(vip);
    post(now -> instance.serving(serving, why, now));
  }

  @Override
  public void priority(String vip, int configured) {
    VipInstance instance = instance(vip);
    post(now -> instance.priority(configured, now));
  }

  @Override
  public void heartbeat() {
    VipLoop running = loop;
    if (running != null) {
      running.heartbeat();
    }
  }

  @Override
  public CompletableFuture<Void> turn() {
    CompletableFuture<Void> turned = new CompletableFuture<>();
    post(_ -> turned.complete(null));
    return turned;
  }

  @Override
  public List<VipStatus> status() {
    VipLoop running = loop;
    if (running == null) {
      return List.of();
    }
    DurationHistogram.Snapshot lateness = running.lateness().snapshot();
    return instances.values().stream().map(each -> each.status(started, lateness)).toList();
  }

  @Override
  public CompletableFuture<Void> release(String vip, VipReason reason) {
    return release(List.of(instance(vip)), reason);
  }

  @Override
  public void resume(String vip) {
    VipInstance instance = instance(vip);
    post(now -> instance.release(VipInstance.Hold.RELEASED, now));
  }

  @Override
  public CompletableFuture<Void> release(VipReason reason) {
    return release(List.copyOf(instances.values()), reason);
  }

  private CompletableFuture<Void> release(List<VipInstance> which, VipReason reason) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (VipInstance each : which) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      all.add(done);
      post(
          now -> {
            each.whenReleased(done);
            each.hold(VipInstance.Hold.RELEASED, reason, now);
          });
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  @Override
  public CompletableFuture<Map<String, VipHandover>> passOn() {
    Map<String, CompletableFuture<VipHandover>> handovers = new LinkedHashMap<>();
    instances.forEach(
        (name, instance) -> {
          CompletableFuture<VipHandover> handover = new CompletableFuture<>();
          handovers.put(name, handover);
          post(now -> instance.passOn(handover, now));
        });
    return CompletableFuture.allOf(handovers.values().toArray(CompletableFuture[]::new))
        .thenApply(
            _ -> {
              Map<String, VipHandover> left = new LinkedHashMap<>();
              handovers.forEach((name, handover) -> left.put(name, handover.join()));
              return left;
            });
  }

  @Override
  public void inherit(Map<String, VipHandover> left) {
    instances.forEach(
        (name, instance) ->
            post(now -> instance.inherit(left.getOrDefault(name, VipHandover.NOTHING), now)));
  }

  private void post(Consumer<Instant> request) {
    VipLoop running = loop;
    if (running == null) {
      throw new IllegalStateException("the VIP service is not running");
    }
    running.post(request);
  }

  private VipInstance instance(String vip) {
    VipInstance instance = instances.get(vip);
    if (instance == null) {
      throw new IllegalArgumentException(
          "node %s has no VIP %s: it has %s".formatted(node, vip, instances.keySet()));
    }
    return instance;
  }

  @Override
  public synchronized void close() {
    VipLoop running = loop;
    Thread runner = thread;
    if (running == null || runner == null) {
      notifier.close();
      return;
    }
    try {
      release(List.copyOf(instances.values()), VipReason.SHUTDOWN)
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      notifier.warning("*", "the VIPs could not be released in time: the kernel will remove them");
    }
    running.stop();
    try {
      runner.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!runner.isAlive()) {
      running.close();
    }
    closeStores();
    loop = null;
    thread = null;
    notifier.close();
  }
}
