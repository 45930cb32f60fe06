package io.trunkline.packaging.daemon;

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
import io.trunkline.config.VipConfig;
import io.trunkline.healthcheck.dcs.etcd.EtcdAccess;
import io.trunkline.vip.lease.LeaseAnswer;
import io.trunkline.vip.lease.LeaseStore;
import io.trunkline.vip.lease.LeaseView;
import io.trunkline.vip.lease.Question;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The lease of one VIP in its cluster's etcd. */
final class EtcdLeaseStore implements LeaseStore {
  private static final String SERVING = "serving";
  private static final String IDLE = "idle";
  private static final String NO_LEASE = "requested lease not found";

  private final EtcdAccess etcd;
  private final String prefix;
  private final String node;

  EtcdLeaseStore(ClusterConfig cluster, VipConfig vip, String node) {
    this.prefix = vip.lease().orElseThrow().prefix(vip.name());
    this.node = node;
    this.etcd = new EtcdAccess(cluster, vip.name(), prefix);
  }

  @Override
  public CompletionStage<Grant> grant(Duration ttl) {
    return etcd.call(
        client ->
            client
                .getLeaseClient()
                .grant(ttl.toSeconds())
                .thenApply(it -> new Grant(it.getID(), Duration.ofSeconds(it.getTTL()))));
  }

  @Override
  public CompletionStage<LeaseAnswer> ask(Question question) {
    return etcd.call(
        client ->
            client
                .getLeaseClient()
                .keepAliveOnce(question.lease())
                .thenCompose(
                    renewal ->
                        transaction(client, question)
                            .commit()
                            .thenApply(read -> answer(renewal, read)))
                .exceptionallyCompose(EtcdLeaseStore::gone));
  }

  @Override
  public CompletionStage<Void> revoke(long lease) {
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

  /** Writes and reads in one step; without anything to write it is a linearizable read. */
  private Txn transaction(Client client, Question question) {
    PutOption bound = PutOption.builder().withLeaseId(question.lease()).build();
    List<Op> always = new ArrayList<>();
    question
        .publish()
        .ifPresent(
            serving ->
                always.add(
                    Op.put(key("candidates/" + node), utf8(serving ? SERVING : IDLE), bound)));
    always.add(Op.get(utf8(prefix), GetOption.builder().isPrefix(true).build()));
    Txn transaction = client.getKVClient().txn();
    if (!question.campaign()) {
      return transaction.Then(always.toArray(Op[]::new));
    }
    List<Op> won = new ArrayList<>();
    won.add(Op.put(key("holder"), utf8(node), bound));
    won.addAll(always);
    return transaction.If(new Cmp(key("holder"), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
        .Then(won.toArray(Op[]::new))
        .Else(always.toArray(Op[]::new));
  }

  private LeaseAnswer answer(LeaseKeepAliveResponse renewal, TxnResponse read) {
    // Whoever renewed the lease was etcd's leader if there has been no other term until the read.
    boolean certain = renewal.getHeader().getRaftTerm() == read.getHeader().getRaftTerm();
    Optional<Duration> renewed =
        certain ? Optional.of(Duration.ofSeconds(renewal.getTTL())) : Optional.empty();
    return new LeaseAnswer.Alive(renewed, view(read.getGetResponses().getFirst().getKvs()));
  }

  private LeaseView view(List<KeyValue> keys) {
    Optional<LeaseView.Holder> holder = Optional.empty();
    Map<String, Boolean> candidates = new HashMap<>();
    for (KeyValue each : keys) {
      String key = text(each.getKey()).substring(prefix.length());
      if (key.equals("holder")) {
        holder = Optional.of(new LeaseView.Holder(text(each.getValue()), each.getLease()));
      } else if (key.startsWith("candidates/")) {
        candidates.put(
            key.substring("candidates/".length()), text(each.getValue()).equals(SERVING));
      }
    }
    return new LeaseView(holder, candidates);
  }

  private static CompletableFuture<LeaseAnswer> gone(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(NO_LEASE)) {
        return CompletableFuture.completedFuture(new LeaseAnswer.Gone());
      }
    }
    return CompletableFuture.failedFuture(error);
  }

  private ByteSequence key(String name) {
    return utf8(prefix + name);
  }

  private static ByteSequence utf8(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  private static String text(ByteSequence bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
