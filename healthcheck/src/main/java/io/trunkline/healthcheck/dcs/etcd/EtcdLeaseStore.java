package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.trunkline.config.ClusterConfig;
import io.trunkline.healthcheck.dcs.DcsLeaseStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Leases in a cluster's etcd.
 *
 * <p>A renewal is certain only if its answer and a linearizable read that was sent after it have
 * the same raft term: etcd renews leases without asking its quorum, and a leader that has been
 * deposed without knowing it renews what its successor lets expire (etcd issue 15247).
 */
public final class EtcdLeaseStore implements DcsLeaseStore {
  private static final String NO_LEASE = "requested lease not found";

  private final EtcdAccess etcd;
  private final String prefix;

  /**
   * @param cluster one that has etcd
   * @param name of the threads
   */
  public EtcdLeaseStore(ClusterConfig cluster, String name, String prefix) {
    this.prefix = prefix;
    this.etcd = new EtcdAccess(cluster, name, prefix);
  }

  @Override
  public CompletableFuture<Lease> grant(Duration ttl) {
    return etcd.call(
        client ->
            client
                .getLeaseClient()
                .grant(ttl.toSeconds())
                .thenApply(it -> new Lease(it.getID(), Duration.ofSeconds(it.getTTL()))));
  }

  @Override
  public CompletableFuture<Optional<Renewal>> renew(
      long lease, Map<String, String> put, Map<String, String> claimed) {
    return etcd.call(
        client ->
            client
                .getLeaseClient()
                .keepAliveOnce(lease)
                .thenCompose(
                    renewed ->
                        transaction(client, lease, put, claimed)
                            .commit()
                            .thenApply(read -> Optional.of(renewal(renewed, read))))
                .exceptionallyCompose(EtcdLeaseStore::gone));
  }

  @Override
  public CompletableFuture<Void> revoke(long lease) {
    return etcd.call(client -> client.getLeaseClient().revoke(lease).thenApply(_ -> null));
  }

  @Override
  public void watch(Runnable changed) {
    etcd.watch(changed);
  }

  @Override
  public void close() {
    etcd.close();
  }

  private Txn transaction(
      Client client, long lease, Map<String, String> put, Map<String, String> claimed) {
    PutOption bound = PutOption.builder().withLeaseId(lease).build();
    Op read = Op.get(EtcdLink.utf8(prefix), GetOption.builder().isPrefix(true).build());
    Op[] always = Stream.concat(puts(put, bound), Stream.of(read)).toArray(Op[]::new);
    Txn transaction = client.getKVClient().txn();
    if (claimed.isEmpty()) {
      return transaction.Then(always);
    }
    return transaction.If(
            claimed.keySet().stream()
                .map(key -> new Cmp(key(key), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .toArray(Cmp[]::new))
        .Then(Stream.concat(puts(claimed, bound), Stream.of(always)).toArray(Op[]::new))
        .Else(always);
  }

  private Stream<Op> puts(Map<String, String> values, PutOption bound) {
    return values.entrySet().stream()
        .map(each -> Op.put(key(each.getKey()), EtcdLink.utf8(each.getValue()), bound));
  }

  private Renewal renewal(LeaseKeepAliveResponse renewed, TxnResponse read) {
    boolean certain = renewed.getHeader().getRaftTerm() == read.getHeader().getRaftTerm();
    Map<String, Value> keys = new HashMap<>();
    for (KeyValue each : read.getGetResponses().getFirst().getKvs()) {
      keys.put(
          text(each.getKey()).substring(prefix.length()),
          new Value(text(each.getValue()), each.getLease()));
    }
    return new Renewal(
        certain ? Optional.of(Duration.ofSeconds(renewed.getTTL())) : Optional.empty(), keys);
  }

  private static CompletableFuture<Optional<Renewal>> gone(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(NO_LEASE)) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
    }
    return CompletableFuture.failedFuture(error);
  }

  private ByteSequence key(String name) {
    return EtcdLink.utf8(prefix + name);
  }

  private static String text(ByteSequence bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
