package io.trunkline.simulation.etcd;

import io.trunkline.simulation.time.SimulatedProcess;
import io.trunkline.vip.lease.LeaseStore;
import io.trunkline.vip.lease.LeaseView;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one VIP in etcd, as {@code VipLeases} and {@code EtcdLeaseStore} have them: first the
 * lease is renewed, then in one step what has to be written is written and all is read.
 */
public final class SimulatedLeaseStore implements LeaseStore {
  private static final long TIMEOUT = TimeUnit.MILLISECONDS.toNanos(1000);
  private static final String HOLDER = "holder";
  private static final String CANDIDATES = "candidates/";

  private final EtcdCluster cluster;
  private final String host;
  private final String node;
  private final String prefix;
  private final SimulatedProcess process;
  private final Map<Long, Duration> granted = new TreeMap<>();
  private int endpoint;

  public SimulatedLeaseStore(
      EtcdCluster cluster, String host, String node, String prefix, SimulatedProcess process) {
    this.cluster = cluster;
    this.host = host;
    this.node = node;
    this.prefix = prefix;
    this.process = process;
  }

  private <T> CompletableFuture<T> ask(Supplier<T> operation) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    cluster.request(
        host, endpoint, operation, found -> process.after(0, () -> complete(answer, found)));
    process.after(
        TIMEOUT,
        () -> {
          if (answer.completeExceptionally(new IllegalStateException("no answer in time"))) {
            endpoint = (endpoint + 1) % cluster.hosts().size();
          }
        });
    return answer;
  }

  private static <T> void complete(CompletableFuture<T> answer, @Nullable T found) {
    if (found == null) {
      answer.completeExceptionally(new IllegalStateException("etcdserver: request timed out"));
    } else {
      answer.complete(found);
    }
  }

  @Override
  public CompletionStage<Grant> grant(Duration ttl) {
    return ask(() -> new Grant(cluster.store().grant(ttl.toNanos()), ttl)).thenApply(this::timed);
  }

  private Grant timed(Grant grant) {
    granted.put(grant.lease(), grant.ttl());
    return grant;
  }

  @Override
  public CompletionStage<Answer> ask(Question question) {
    long lease = question.lease();
    return ask(() -> cluster.store().keepAlive(lease))
        .thenCompose(
            alive ->
                alive
                    ? ask(() -> transact(question))
                    : CompletableFuture.<Answer>completedFuture(new Answer.Gone()));
  }

  private Answer transact(Question question) {
    EtcdStore store = cluster.store();
    long lease = question.lease();
    if (!store.has(lease)) {
      return new Answer.Gone();
    }
    question
        .publish()
        .ifPresent(
            serving -> store.put(prefix + CANDIDATES + node, serving ? "serving" : "idle", lease));
    if (question.campaign() && store.get(prefix + HOLDER).isEmpty()) {
      store.put(prefix + HOLDER, node, lease);
    }
    TreeMap<String, Boolean> candidates = new TreeMap<>();
    store
        .under(prefix + CANDIDATES)
        .forEach(
            (key, stored) ->
                candidates.put(
                    key.substring((prefix + CANDIDATES).length()),
                    stored.value().equals("serving")));
    Optional<LeaseView.Holder> holder =
        store.get(prefix + HOLDER).map(it -> new LeaseView.Holder(it.value(), it.lease()));
    return new Answer.Alive(
        Optional.ofNullable(granted.get(lease)), new LeaseView(holder, candidates));
  }

  @Override
  public CompletionStage<Void> revoke(long lease) {
    return ask(() -> {
          cluster.store().revoke(lease);
          return true;
        })
        .thenApply(_ -> null);
  }

  @Override
  public void watch(Runnable changed) {
    cluster
        .store()
        .observe(
            change -> {
              if (change.key().startsWith(prefix)) {
                tell(changed);
              }
            });
  }

  private void tell(Runnable changed) {
    if (!process.dead() && cluster.reaches(endpoint, host)) {
      cluster.tell(endpoint, host, () -> process.after(0, changed));
    }
  }

  @Override
  public void close() {}
}
