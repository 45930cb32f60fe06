package io.trunkline.simulation.patroni;

import io.trunkline.simulation.etcd.EtcdCluster;
import io.trunkline.simulation.time.SimulatedProcess;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Patroni has of etcd: one lease for its member key and the leader key, and requests that are
 * repeated, at one member after the other, for {@code retry_timeout}.
 */
final class PatroniDcs {
  private static final long REQUEST = TimeUnit.MILLISECONDS.toNanos(1500);

  private final EtcdCluster etcd;
  private final String host;
  private final String memberKey;
  private final Supplier<SimulatedProcess> process;
  private final Supplier<PatroniSettings> settings;
  private final Runnable unreachable;
  private long lease;
  private int endpoint;
  private @Nullable String told;

  /**
   * @param memberKey the key of this member
   * @param unreachable runs in place of what was to follow a request that no member answered
   */
  PatroniDcs(
      EtcdCluster etcd,
      String host,
      String memberKey,
      Supplier<SimulatedProcess> process,
      Supplier<PatroniSettings> settings,
      Runnable unreachable) {
    this.etcd = etcd;
    this.host = host;
    this.memberKey = memberKey;
    this.process = process;
    this.settings = settings;
    this.unreachable = unreachable;
  }

  /** Its lease; 0: it has none, as far as it knows. */
  long lease() {
    return lease;
  }

  /** The member of etcd that it asks first. */
  int endpoint() {
    return endpoint;
  }

  /** It has been started again. */
  void forget() {
    lease = 0;
    told = null;
  }

  /** Asks, and asks again. */
  <T> void ask(Supplier<T> operation, Consumer<T> answered) {
    ask(operation, answered, process.get().scheduler().now());
  }

  private <T> void ask(Supplier<T> operation, Consumer<T> answered, long since) {
    SimulatedProcess runsAs = process.get();
    boolean[] done = new boolean[1];
    etcd.request(
        host,
        endpoint,
        operation,
        answer ->
            runsAs.after(
                0,
                () -> {
                  if (!done[0]) {
                    done[0] = true;
                    if (answer != null) {
                      answered.accept(answer);
                    } else {
                      again(operation, answered, since);
                    }
                  }
                }));
    runsAs.after(
        REQUEST,
        () -> {
          if (!done[0]) {
            done[0] = true;
            again(operation, answered, since);
          }
        });
  }

  private <T> void again(Supplier<T> operation, Consumer<T> answered, long since) {
    endpoint = (endpoint + 1) % etcd.hosts().size();
    if (process.get().scheduler().now() - since < settings.get().retryNanos()) {
      ask(operation, answered, since);
    } else {
      unreachable.run();
    }
  }

  /** Takes a lease, if it has none. */
  void withLease(Runnable then) {
    if (lease != 0) {
      then.run();
      return;
    }
    ask(
        () -> etcd.store().grant(settings.get().ttlNanos()),
        granted -> {
          lease = granted;
          then.run();
        });
  }

  /** Renews the lease; whether it was there. */
  void keepAlive(Consumer<Boolean> then) {
    if (lease == 0) {
      then.accept(false);
      return;
    }
    ask(
        () -> etcd.store().keepAlive(lease),
        alive -> {
          if (!alive) {
            forget();
          }
          then.accept(alive);
        });
  }

  /** Writes its member key, bound to its lease, when that says something new. */
  void touchMember(String text, Runnable then) {
    if (lease != 0 && text.equals(told)) {
      then.run();
      return;
    }
    withLease(
        () ->
            ask(
                () -> etcd.store().put(memberKey, text, lease),
                written -> {
                  told = written ? text : null;
                  if (!written) {
                    lease = 0;
                  }
                  then.run();
                }));
  }
}
