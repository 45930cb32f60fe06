package io.trunkline.daemon.app;

import io.trunkline.healthcheck.dcs.DcsLeaseStore;
import io.trunkline.vip.lease.LeaseStore;
import io.trunkline.vip.lease.LeaseView;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The keys of one VIP in its cluster's DCS: who holds the addresses, which nodes serve. */
record VipLeases(DcsLeaseStore dcs, String node) implements LeaseStore {
  private static final String HOLDER = "holder";
  private static final String CANDIDATES = "candidates/";
  private static final String SERVING = "serving";
  private static final String IDLE = "idle";

  @Override
  public CompletionStage<Grant> grant(Duration ttl) {
    return dcs.grant(ttl).thenApply(it -> new Grant(it.id(), it.ttl()));
  }

  @Override
  public CompletionStage<Answer> ask(Question question) {
    Map<String, String> put = new HashMap<>();
    question.publish().ifPresent(serving -> put.put(CANDIDATES + node, serving ? SERVING : IDLE));
    Map<String, String> claimed = question.campaign() ? Map.of(HOLDER, node) : Map.of();
    return dcs.renew(question.lease(), put, claimed)
        .thenApply(
            found ->
                found
                    .<Answer>map(it -> new Answer.Alive(it.ttl(), view(it.keys())))
                    .orElseGet(Answer.Gone::new));
  }

  @Override
  public CompletionStage<Void> revoke(long lease) {
    return dcs.revoke(lease);
  }

  @Override
  public void watch(Runnable changed) {
    dcs.watch(changed);
  }

  @Override
  public void close() {
    dcs.close();
  }

  private static LeaseView view(Map<String, DcsLeaseStore.Value> keys) {
    Map<String, Boolean> candidates = new HashMap<>();
    keys.forEach(
        (key, value) -> {
          if (key.startsWith(CANDIDATES)) {
            candidates.put(key.substring(CANDIDATES.length()), value.text().equals(SERVING));
          }
        });
    return new LeaseView(
        Optional.ofNullable(keys.get(HOLDER))
            .map(it -> new LeaseView.Holder(it.text(), it.lease())),
        candidates);
  }
}
