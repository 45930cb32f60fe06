package io.trunkline.healthcheck;

import static io.trunkline.config.Configs.change;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.PatroniConfig;
import io.trunkline.config.SentinelConfig;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.Event;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.testing.Await;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An observer with what it said. */
public final class Watched implements AutoCloseable {
  public static final String PREFIX = "/service/" + Bodies.SCOPE + "/";

  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final Queue<ClusterView> views = new ConcurrentLinkedQueue<>();
  private final ClusterObserver observer;
  private volatile @Nullable ClusterView last;
  private volatile Predicate<ClusterView> awaited = view -> false;
  private volatile long seenAt;

  public Watched(Optional<EtcdConfig> etcd, PatroniConfig patroni, Path stateDir) {
    this(etcd, patroni, Optional.empty(), stateDir);
  }

  public Watched(
      Optional<EtcdConfig> etcd,
      PatroniConfig patroni,
      Optional<SentinelConfig> sentinel,
      Path stateDir) {
    this(Bodies.SCOPE, etcd, patroni, sentinel, stateDir);
  }

  public Watched(
      String scope,
      Optional<EtcdConfig> etcd,
      PatroniConfig patroni,
      Optional<SentinelConfig> sentinel,
      Path stateDir) {
    ClusterConfig config =
        change(Configs.cluster())
            .with(ClusterConfig::scope, scope)
            .with(ClusterConfig::etcd, etcd)
            .with(ClusterConfig::patroni, patroni)
            .with(ClusterConfig::sentinel, sentinel)
            .record();
    observer = new ClusterObserver(config, stateDir, new MonotonicClock(), events::add, this::take);
    observer.start();
  }

  public Watched(EtcdLab lab, Path stateDir) {
    this(Optional.of(lab.config()), patroni(), stateDir);
  }

  public static PatroniConfig patroni(String... hosts) {
    return change(Configs.cluster().patroni())
        .with(PatroniConfig::hosts, Stream.of(hosts).map(URI::create).toList())
        .with(PatroniConfig::timeout, Duration.ofSeconds(1))
        .record();
  }

  public ClusterObserver observer() {
    return observer;
  }

  /** The first view that fits, within a generous time. */
  public ClusterView await(String what, Predicate<ClusterView> wanted) {
    return await(what, Duration.ofSeconds(15), wanted);
  }

  public ClusterView await(String what, Duration limit, Predicate<ClusterView> wanted) {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      ClusterView view = last;
      if (view != null && wanted.test(view)) {
        return view;
      }
      Await.pause(Duration.ofMillis(1));
    }
    throw new AssertionError(what + " did not come; last: " + last + "; events: " + events);
  }

  /** Notes when a view that fits is delivered. */
  public void expect(Predicate<ClusterView> wanted) {
    seenAt = 0;
    awaited = wanted;
  }

  /** When it was, as {@link System#nanoTime}. */
  public long expected(String what) {
    await(what, view -> seenAt != 0);
    return seenAt;
  }

  public ClusterView last() {
    return await("a view", view -> true);
  }

  /** All views so far. */
  public List<ClusterView> views() {
    return List.copyOf(views);
  }

  public void forgetViews() {
    views.clear();
  }

  public List<Event> events(String name) {
    return events.stream().filter(event -> event.label().equals(name)).toList();
  }

  public Event awaitEvent(String name) {
    await("event " + name, view -> !events(name).isEmpty());
    return events(name).getFirst();
  }

  public static Predicate<ClusterView> leader(String member) {
    return view -> view.leader().filter(key -> key.member().equals(member)).isPresent();
  }

  public static Predicate<ClusterView> connected() {
    return view -> view.dcs() instanceof DcsHealth.Connected;
  }

  public static Predicate<ClusterView> lost() {
    return view -> view.dcs() instanceof DcsHealth.Lost;
  }

  @Override
  public void close() {
    long begin = System.nanoTime();
    observer.close();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    if (millis > 5_000) {
      throw new AssertionError("close took " + millis + " ms");
    }
  }

  private void take(ClusterView view) {
    if (seenAt == 0 && awaited.test(view)) {
      seenAt = System.nanoTime();
    }
    views.add(view);
    last = view;
  }
}
