package io.trunkline.simulation.patroni;

import io.trunkline.simulation.etcd.EtcdCluster;
import io.trunkline.simulation.etcd.EtcdStore;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.patroni.PatroniKeys.FailoverRequest;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedProcess;
import java.util.Optional;

/**
 * Patroni on one member. What it does and in which order is that of {@code patroni/ha.py} and
 * {@code patroni/dcs/etcd3.py} of the releases named by {@link PatroniVersion}:
 *
 * <ul>
 *   <li>Each loop reads the keys, writes its member key, and decides; it begins early when the
 *       leader key changes.
 *   <li>The leader renews its lease. One that cannot reach etcd for {@code retry_timeout} demotes
 *       itself, unless with {@code failsafe_mode} every other member agrees, or in maintenance.
 *   <li>Without a leader key, the members that reach each other compare positions; the foremost
 *       creates the key and promotes PostgreSQL: first the key, then the promotion.
 *   <li>A demotion stops PostgreSQL first; {@code /primary} says 200 until that is done. In a
 *       switchover there is a checkpoint before it, and the key is released after it.
 *   <li>In maintenance nobody is demoted or promoted, and whoever is the primary keeps the key or
 *       takes it again.
 * </ul>
 */
public final class Patroni {
  private final PatroniPeers peers;
  private final String name;
  private final String host;
  private final String prefix;
  private final EtcdCluster etcd;
  private final Postgres postgres;
  private final Randomness random;
  private final PatroniRest rest;
  private final PatroniDcs dcs;
  private PatroniVersion version;
  private PatroniSettings settings;
  private SimulatedProcess process;
  private boolean leads;
  private boolean busy;
  private boolean looping;
  private boolean lookAgain;
  private boolean promoted;
  private boolean historyDue;
  private long stopAtRenewal;
  private long loops;

  /**
   * @param prefix of the keys
   * @param peers the other members
   * @param process as which it runs
   */
  public Patroni(
      String name,
      String host,
      String prefix,
      PatroniPeers peers,
      Network network,
      EtcdCluster etcd,
      Postgres postgres,
      Randomness random,
      PatroniVersion version,
      PatroniSettings settings,
      SimulatedProcess process) {
    this.name = name;
    this.host = host;
    this.prefix = prefix;
    this.peers = peers;
    this.etcd = etcd;
    this.postgres = postgres;
    this.random = random;
    this.version = version;
    this.settings = settings;
    this.process = process;
    this.rest = new PatroniRest(this, network, host, random);
    this.dcs =
        new PatroniDcs(
            etcd,
            host,
            prefix + "members/" + name,
            () -> this.process,
            () -> this.settings,
            this::withoutEtcd);
    etcd.store().observe(this::onChange);
  }

  public String name() {
    return name;
  }

  public String host() {
    return host;
  }

  public Postgres postgres() {
    return postgres;
  }

  /** As which it runs now. */
  public SimulatedProcess process() {
    return process;
  }

  /** What may be wrong with its REST API. */
  public PatroniRest rest() {
    return rest;
  }

  PatroniVersion version() {
    return version;
  }

  PatroniSettings settings() {
    return settings;
  }

  /** Whether it believes that it holds the leader key. */
  boolean leads() {
    return leads;
  }

  /** Starts it, with PostgreSQL as it is. */
  public void start() {
    rest.start(process);
    next(random.millis(0, 1000));
  }

  /** It was killed, and is started again, perhaps as another release. */
  public void restart(PatroniVersion as, SimulatedProcess next) {
    process = next;
    version = as;
    dcs.forget();
    leads = false;
    busy = false;
    looping = false;
    promoted = false;
    start();
  }

  /** The dynamic configuration has changed. */
  public void configure(PatroniSettings changed) {
    settings = changed;
  }

  /** It is stopped, for so long, the next time that it has read the keys and is about to renew. */
  public void stopAtRenewal(long nanos) {
    stopAtRenewal = nanos;
  }

  private void next(long after) {
    long mine = ++loops;
    SimulatedProcess runsAs = process;
    runsAs.after(
        after,
        () -> {
          if (mine == loops && runsAs == process && !looping) {
            loop();
          }
        });
  }

  /** Patroni watches the leader key between its loops. */
  private void onChange(EtcdStore.Change change) {
    if (change.key().equals(prefix + "leader") || change.key().equals(prefix + "failover")) {
      SimulatedProcess runsAs = process;
      runsAs.after(
          random.latency(4),
          () -> {
            if (runsAs == process && reachesEtcd()) {
              if (looping || busy) {
                lookAgain = true;
              } else {
                next(0);
              }
            }
          });
    }
  }

  private boolean reachesEtcd() {
    for (int member = 0; member < etcd.hosts().size(); member++) {
      if (etcd.serves(member) && etcd.reaches(member, host)) {
        return true;
      }
    }
    return false;
  }

  private void over() {
    looping = false;
    if (lookAgain && !busy) {
      lookAgain = false;
      next(random.millis(1, 20));
    } else {
      next(settings.loopNanos());
    }
  }

  // A loop.

  private void loop() {
    looping = true;
    dcs.ask(() -> PatroniKeys.read(etcd.store(), prefix), this::onKeys);
  }

  private void onKeys(PatroniKeys keys) {
    rest.sawEtcd();
    if (busy) {
      over();
      return;
    }
    if (stopAtRenewal > 0 && keys.leaderName().equals(name)) {
      process.stopUntil(process.scheduler().now() + stopAtRenewal);
      stopAtRenewal = 0;
      process.after(0, () -> dcs.touchMember(rest.memberKey(), () -> decide(keys)));
      return;
    }
    dcs.touchMember(rest.memberKey(), () -> decide(keys));
  }

  private void decide(PatroniKeys keys) {
    if (busy) {
      over();
      return;
    }
    if (!postgres.running()) {
      recover(keys);
    } else if (keys.leader().isEmpty()) {
      withoutLeader(keys);
    } else if (keys.leaderName().equals(name)) {
      renew(keys);
    } else {
      followLeader(keys);
    }
  }

  /** PostgreSQL is not running: it is started, as what the key says. */
  private void recover(PatroniKeys keys) {
    if (postgres.state() != Postgres.State.DOWN || keys.pause()) {
      renewOnly();
      return;
    }
    if (keys.leaderName().equals(name)) {
      postgres.restartAsPrimary();
      renewOnly();
    } else {
      leads = false;
      postgres.start(peers.postgres(keys.leaderName()));
      renewOnly();
    }
  }

  private void renewOnly() {
    dcs.keepAlive(_ -> over());
  }

  /** It holds the key, as it has read it a moment ago. */
  private void renew(PatroniKeys keys) {
    dcs.keepAlive(
        _ ->
            dcs.withLease(
                () -> {
                  boolean same =
                      keys.leader().filter(key -> key.lease() == dcs.lease()).isPresent();
                  if (same) {
                    onRenewed(keys, true);
                  } else {
                    putLeaderKey(keys);
                  }
                }));
  }

  /** The key is bound to another lease than its own. */
  private void putLeaderKey(PatroniKeys keys) {
    long seen = keys.leader().orElseThrow().modRevision();
    dcs.ask(
        () -> {
          boolean untouched =
              etcd.store()
                  .get(prefix + "leader")
                  .filter(key -> key.modRevision() == seen)
                  .isPresent();
          return (version.putsKeyBack() || untouched)
              && etcd.store().put(prefix + "leader", name, dcs.lease());
        },
        put -> onRenewed(keys, put));
  }

  private void onRenewed(PatroniKeys keys, boolean holds) {
    if (!holds) {
      leads = false;
      if (postgres.primary() && !keys.pause()) {
        demote(Demotion.IMMEDIATE);
      } else {
        over();
      }
      return;
    }
    leads = true;
    if (!postgres.primary()) {
      if (postgres.state() == Postgres.State.RECOVERY) {
        promote();
      }
      over();
      return;
    }
    if (promoted) {
      promoted = false;
      historyDue = true;
    }
    Optional<FailoverRequest> request = keys.failover();
    if (request.isPresent()) {
      handle(request.get(), keys);
      return;
    }
    writeStatus();
  }

  private void handle(FailoverRequest request, PatroniKeys keys) {
    boolean asked = request.leader().isEmpty() || request.leader().equals(name);
    boolean possible =
        !request.candidate().equals(name)
            && !keys.pause()
            && (request.candidate().isEmpty()
                ? peers.foremost(this) != null
                : peers.reaches(this, request.candidate()));
    if (asked && possible) {
      demote(Demotion.GRACEFUL);
    } else {
      dcs.ask(() -> etcd.store().put(prefix + "failover", "{}", 0), _ -> writeStatus());
    }
  }

  private void writeStatus() {
    dcs.ask(
        () -> {
          etcd.store().put(prefix + "status", "{\"optime\":" + postgres.position() + "}", 0);
          if (historyDue) {
            historyDue = false;
            long left = postgres.timeline() - 1;
            etcd.store()
                .put(
                    prefix + "history",
                    "[[%d,%d,\"no recovery target specified\"]]"
                        .formatted(left, postgres.position()),
                    0);
          }
          if (settings.synchronous()) {
            etcd.store().put(prefix + "sync", peers.syncKey(this), 0);
          }
          return true;
        },
        _ -> {
          postgres.synchronousStandby(
              () -> settings.synchronous() ? peers.postgres(peers.synchronous(this)) : null);
          postgres.releasePending();
          over();
        });
  }

  /** There is no leader key. */
  private void withoutLeader(PatroniKeys keys) {
    boolean may =
        keys.pause()
            ? postgres.primary()
            : postgres.state() != Postgres.State.PROMOTING && healthiest(keys);
    if (!may) {
      if (postgres.primary() && !keys.pause()) {
        demote(Demotion.IMMEDIATE);
      } else {
        renewOnly();
      }
      return;
    }
    dcs.keepAlive(
        _ ->
            dcs.withLease(
                () ->
                    dcs.ask(
                        () ->
                            etcd.store().get(prefix + "leader").isEmpty()
                                && etcd.store().put(prefix + "leader", name, dcs.lease()),
                        created -> {
                          leads = created;
                          if (created && postgres.state() == Postgres.State.RECOVERY) {
                            clearRequest(keys);
                            promote();
                          } else if (!created && postgres.primary() && !keys.pause()) {
                            demote(Demotion.IMMEDIATE);
                            return;
                          }
                          over();
                        })));
  }

  private boolean healthiest(PatroniKeys keys) {
    if (keys.failover().isPresent()) {
      String candidate = keys.failover().get().candidate();
      if (candidate.equals(name)) {
        return true;
      }
      if (!candidate.isEmpty() && peers.reaches(this, candidate)) {
        return false;
      }
    }
    if (settings.synchronous()
        && keys.sync().isPresent()
        && !keys.sync().get().equals(name)
        && !postgres.primary()) {
      return false;
    }
    return peers.isForemost(this);
  }

  private void clearRequest(PatroniKeys keys) {
    if (keys.failover().isPresent()) {
      process.after(
          random.millis(10, 400),
          () -> dcs.ask(() -> etcd.store().put(prefix + "failover", "{}", 0), _ -> {}));
    }
  }

  private void promote() {
    promoted = true;
    long takes = random.percent(8) ? random.millis(3000, 15_000) : random.millis(100, 1500);
    postgres.promote(takes);
  }

  /** Another member holds the key. */
  private void followLeader(PatroniKeys keys) {
    leads = false;
    if (postgres.primary()) {
      if (keys.pause()) {
        over();
      } else {
        demote(Demotion.IMMEDIATE);
      }
      return;
    }
    postgres.follow(peers.postgres(keys.leaderName()));
    renewOnly();
  }

  // Demotion.

  private enum Demotion {
    /** The key is another's, or nobody's. */
    IMMEDIATE,
    /** A switchover: checkpoint, fast stop, and the key is released. */
    GRACEFUL,
    /** etcd cannot be reached. */
    OFFLINE
  }

  private void demote(Demotion how) {
    busy = true;
    SimulatedProcess runsAs = process;
    long checkpoint = how == Demotion.GRACEFUL ? random.millis(20, 1500) : 0;
    runsAs.after(
        checkpoint,
        () -> {
          if (runsAs == process) {
            postgres.stop(
                random.millis(50, 800), () -> runsAs.after(0, () -> onStopped(how, runsAs)));
          }
        });
    over();
  }

  private void onStopped(Demotion how, SimulatedProcess runsAs) {
    if (runsAs != process) {
      return;
    }
    leads = false;
    if (how == Demotion.GRACEFUL) {
      long mine = dcs.lease();
      etcd.request(
          host,
          dcs.endpoint(),
          () ->
              etcd.store().get(prefix + "leader").filter(key -> key.lease() == mine).isPresent()
                  && etcd.store().delete(prefix + "leader"),
          _ -> {});
    }
    runsAs.after(
        version.pauseAfterDemotion() + random.millis(0, 200),
        () -> {
          if (runsAs == process) {
            busy = false;
            if (postgres.state() == Postgres.State.DOWN) {
              postgres.start(null);
            }
            next(0);
          }
        });
  }

  // Without etcd.

  private void withoutEtcd() {
    if (busy || !leads || !postgres.primary() || settings.pause()) {
      over();
      return;
    }
    if (settings.failsafe() && peers.allAgree(this)) {
      rest.failsafe(true);
      over();
      return;
    }
    rest.failsafe(false);
    demote(Demotion.OFFLINE);
  }
}
