package io.trunkline.healthcheck.dcs.etcd;

import io.grpc.netty.GrpcSslContexts;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslProvider;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.SslMode;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.dcs.DcsSource;
import io.trunkline.healthcheck.dcs.Entry;
import io.trunkline.healthcheck.dcs.KeySpace;
import io.trunkline.healthcheck.dcs.Keys;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.EventName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's keys in etcd: read, watched, re-read.
 *
 * <p>One endpoint is the current one: the watch lives there. A {@link Heartbeat} reads the leader
 * key with a quorum twice a second; its answer is applied as well, so that a watch that has died
 * quietly hides nothing for long. When the current endpoint fails and another answers, that one
 * becomes the current one, and reading and watching begin anew there.
 */
public final class EtcdSource implements DcsSource, Heartbeat.Listener {
  private static final Duration REREAD = Duration.ofSeconds(10);
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LAST_RETRY = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Executor inLoop;
  private final Journal journal;
  private final Listener listener;
  private final Heartbeat heartbeat;
  private final KeySpace keys = new KeySpace();
  private EtcdEndpoint current;
  private @Nullable EtcdWatch watch;
  private long generation;
  private boolean syncing;
  private Duration retry = FIRST_RETRY;
  private boolean closed;

  /** Empty where etcd is spoken to in the clear. */
  public static Optional<ClientTls> tls(EtcdConfig config, Optional<Journal> journal) {
    return Optional.of(config)
        .filter(wanted -> wanted.protocol() == EtcdConfig.Protocol.HTTPS)
        .map(
            wanted ->
                new ClientTls(
                    "etcd",
                    SslMode.VERIFY_FULL,
                    wanted.tls(),
                    builder -> GrpcSslContexts.configure(builder, SslProvider.JDK),
                    journal));
  }

  /**
   * Makes what it asks; blocks for a moment.
   *
   * @param prefix of the keys
   * @param loop for timers
   * @param inLoop runs tasks on the loop, or not at all once it is closed
   * @param workers for what blocks
   */
  public EtcdSource(
      EtcdConfig config,
      String prefix,
      Optional<ClientTls> tls,
      EventLoop loop,
      Executor inLoop,
      ExecutorService workers,
      InstantSource clock,
      Journal journal,
      Listener listener) {
    this(
        endpoints(config, prefix, tls, inLoop, workers, clock),
        loop,
        inLoop,
        clock,
        journal,
        listener);
  }

  /**
   * With these members of etcd, the first of which is asked first.
   *
   * @param loop for timers
   * @param inLoop runs tasks on the loop, or not at all once it is closed
   */
  public EtcdSource(
      List<EtcdEndpoint> endpoints,
      EventLoop loop,
      Executor inLoop,
      InstantSource clock,
      Journal journal,
      Listener listener) {
    this.loop = loop;
    this.inLoop = inLoop;
    this.journal = journal;
    this.listener = listener;
    this.current = endpoints.getFirst();
    this.heartbeat = new Heartbeat(endpoints, loop, inLoop, clock, journal, this);
  }

  private static List<EtcdEndpoint> endpoints(
      EtcdConfig config,
      String prefix,
      Optional<ClientTls> tls,
      Executor inLoop,
      ExecutorService workers,
      InstantSource clock) {
    EtcdClients clients = new EtcdClients(config, tls, workers, clock);
    return config.hosts().stream()
        .<EtcdEndpoint>map(
            host -> new JetcdEndpoint(host.toString(), clients.link(host), prefix, inLoop, workers))
        .toList();
  }

  @Override
  public void start() {
    heartbeat.start();
    sync();
    var _ =
        loop.scheduleAtFixedRate(
            () -> inLoop.execute(this::reread),
            REREAD.toMillis(),
            REREAD.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed = true;
    generation++;
    closeWatch();
    heartbeat.close();
  }

  @Override
  public EtcdEndpoint current() {
    return current;
  }

  @Override
  public long revision() {
    return keys.revision();
  }

  @Override
  public void onBeat(EtcdEndpoint.Answer answer, long askedAtRevision) {
    if (keys.revision() == 0 || rewound(answer, askedAtRevision)) {
      return; // all keys come first: a leader without members would be half a truth
    }
    Optional<Entry> leader = Optional.ofNullable(answer.entries().get(Keys.LEADER));
    if (keys.read(Keys.LEADER, leader, answer.revision())) {
      listener.onKeys(keys);
      sync(); // the watch should have told; if it is only late, this costs one read
    }
  }

  @Override
  public void onHealth(DcsHealth health) {
    listener.onHealth(health);
  }

  @Override
  public void onCurrentFailed(EtcdEndpoint better, String reason) {
    journal.tell(
        EventName.ETCD_ENDPOINT_CHANGED,
        "from",
        current.name(),
        "to",
        better.name(),
        "reason",
        reason);
    current = better;
    sync();
  }

  /** Reads everything and watches from there, in place of whatever was under way. */
  private void sync() {
    if (closed) {
      return;
    }
    closeWatch();
    long mine = ++generation;
    syncing = true;
    EtcdEndpoint endpoint = current;
    long before = keys.revision();
    endpoint.readAll(
        (answer, failure) -> {
          if (mine != generation) {
            return;
          }
          syncing = false;
          if (answer == null) {
            syncLater();
          } else if (!rewound(answer, before)) {
            retry = FIRST_RETRY;
            apply(answer);
            watchFrom(endpoint, answer.revision() + 1);
          }
        });
  }

  private void syncLater() {
    long mine = generation;
    var _ =
        loop.schedule(
            () -> {
              if (mine == generation) {
                sync();
              }
            },
            retry.toMillis(),
            TimeUnit.MILLISECONDS);
    Duration doubled = retry.multipliedBy(2);
    retry = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
  }

  private void watchFrom(EtcdEndpoint endpoint, long revision) {
    EtcdWatch opened = new EtcdWatch(this::onChanges, _ -> onWatchEnded());
    watch = opened;
    opened.open(endpoint, revision);
  }

  private void onChanges(List<EtcdEndpoint.Change> changes) {
    boolean news = false;
    for (EtcdEndpoint.Change change : changes) {
      news |=
          change
              .entry()
              .map(entry -> keys.put(change.key(), entry))
              .orElseGet(() -> keys.delete(change.key(), change.revision()));
    }
    if (news) {
      listener.onKeys(keys);
    }
  }

  private void onWatchEnded() {
    watch = null;
    if (!syncing) {
      generation++;
      syncLater();
    }
  }

  /** Looks for what the watch may have missed. */
  private void reread() {
    if (syncing || closed) {
      return;
    }
    long mine = generation;
    EtcdEndpoint endpoint = current;
    long before = keys.revision();
    endpoint.readAll(
        (answer, failure) -> {
          if (mine == generation && answer != null && !rewound(answer, before)) {
            if (apply(answer)) {
              sync();
            }
          }
        });
  }

  private boolean apply(EtcdEndpoint.Answer answer) {
    boolean first = keys.revision() == 0;
    boolean news = keys.readAll(answer.entries(), answer.revision());
    if (news || first) {
      listener.onKeys(keys);
    }
    return news;
  }

  /**
   * Whether etcd's history is not the one that was seen before. A linearizable read never returns
   * an older revision than one seen before it was asked, unless etcd was restored from a backup.
   */
  private boolean rewound(EtcdEndpoint.Answer answer, long askedAtRevision) {
    if (closed || answer.revision() >= askedAtRevision) {
      return closed;
    }
    journal.tell(EventName.ETCD_HISTORY_REWOUND, "from", askedAtRevision, "to", answer.revision());
    keys.clear();
    sync();
    return true;
  }

  private void closeWatch() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }
}
