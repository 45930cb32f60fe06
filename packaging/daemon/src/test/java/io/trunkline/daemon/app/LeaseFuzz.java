package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.healthcheck.dcs.DcsLeaseStore;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.lease.LeaseClaimant;
import io.trunkline.vip.lease.LeaseTerms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The keys of a VIP of mode etcd. Each line of an input is what happens next: {@code key=lease
 * value} and {@code key} write and delete, {@code !} ends this node's lease, an empty line lets a
 * second pass.
 */
public final class LeaseFuzz {
  private static final String NODE = "proxy-01";
  private static final Duration TTL = Duration.ofSeconds(5);
  private static final int MOST_EVENTS = 100;

  private LeaseFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    Etcd etcd = new Etcd();
    LeaseClaimant claimant =
        new LeaseClaimant(
            new LeaseTerms(NODE, TTL),
            new VipLeases(etcd, NODE),
            event -> event.accept(etcd.now),
            _ -> {});
    claimant.serving(true, etcd.now);
    claimant.join(etcd.now);
    String text = new String(input, StandardCharsets.UTF_8);
    for (String line : text.split("\n", MOST_EVENTS)) {
      etcd.happens(line);
      claimant.onTime(etcd.now);
      check(claimant, etcd);
    }
  }

  /** The claim is what the holder's key says, and ends before the lease. */
  private static void check(LeaseClaimant claimant, Etcd etcd) {
    if (claimant.claim() instanceof Claim.Valid valid) {
      assertThat(valid.until()).isBeforeOrEqualTo(etcd.renewedAt.plus(TTL));
      assertThat(etcd.read.get("holder"))
          .as("the holder's key, as it was read last")
          .isNotNull()
          .satisfies(key -> assertThat(key.lease()).isEqualTo(etcd.lease));
    }
    assertThat(claimant.holder())
        .isEqualTo(Optional.ofNullable(etcd.read.get("holder")).map(DcsLeaseStore.Value::text));
    assertThat(claimant.deadline()).isAfter(etcd.now);
  }

  /** Has what the input says, and answers at once. */
  private static final class Etcd implements DcsLeaseStore {
    private final Map<String, Value> keys = new HashMap<>();
    private Map<String, Value> read = Map.of();
    private Instant now = Instant.EPOCH;
    private Instant renewedAt = Instant.EPOCH;
    private long lease;
    private boolean alive;

    private void happens(String line) {
      int equals = line.indexOf('=');
      if (line.isEmpty()) {
        now = now.plusSeconds(1);
      } else if (line.equals("!")) {
        expire();
      } else if (equals < 0) {
        keys.remove(line);
      } else {
        int space = line.indexOf(' ', equals);
        String lease = line.substring(equals + 1, Math.max(equals + 1, space));
        keys.put(
            line.substring(0, equals),
            new Value(
                line.substring(Math.max(equals, space) + 1),
                lease.matches("[0-9]{1,9}") ? Long.parseLong(lease) : 0));
      }
    }

    private void expire() {
      alive = false;
      keys.values().removeIf(value -> value.lease() == lease);
    }

    @Override
    public CompletableFuture<Lease> grant(Duration ttl) {
      lease++;
      alive = true;
      renewedAt = now;
      return CompletableFuture.completedFuture(new Lease(lease, ttl));
    }

    @Override
    public CompletableFuture<Optional<Renewal>> renew(
        long of, Map<String, String> put, Map<String, String> claimed) {
      if (!alive || of != lease) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      renewedAt = now;
      put.forEach((key, value) -> keys.put(key, new Value(value, lease)));
      if (claimed.keySet().stream().noneMatch(keys::containsKey)) {
        claimed.forEach((key, value) -> keys.put(key, new Value(value, lease)));
      }
      read = Map.copyOf(keys);
      return CompletableFuture.completedFuture(Optional.of(new Renewal(Optional.of(TTL), read)));
    }

    @Override
    public CompletableFuture<Void> revoke(long of) {
      if (of == lease) {
        expire();
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void watch(Runnable changed) {
      // Nobody is told: time passes instead.
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }
}
