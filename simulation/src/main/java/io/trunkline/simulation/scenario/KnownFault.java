package io.trunkline.simulation.scenario;

import io.trunkline.healthcheck.timeline.TimelineStore;
import io.trunkline.healthcheck.timeline.TimelineTracker;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.Role;
import io.trunkline.routing.RoutingTable;
import io.trunkline.simulation.node.Wiring;
import io.trunkline.vip.lease.LeaseStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Faults that such a daemon could have, each put back by replacing one collaborator: to see that
 * the simulation can fail.
 */
public enum KnownFault implements Wiring {
  /** The timeline mark is not written: a restart forgets it. */
  MARK_NOT_WRITTEN {
    @Override
    public TimelineStore timelines(TimelineStore right) {
      return new TimelineStore() {
        @Override
        public TimelineTracker.Saved read() {
          return right.read();
        }

        @Override
        public void write(TimelineTracker.Saved saved) {}

        @Override
        public void retry() {}
      };
    }
  },
  /** Who is fenced is decided from Patroni's REST API alone: until the new leader says so there. */
  REST_ALONE {
    @Override
    public RoutingTable table(Optional<RoutingTable> before, RoutingTable right) {
      boolean said =
          right
              .write()
              .owner()
              .flatMap(right.view()::member)
              .map(Member::rest)
              .filter(rest -> rest.failure().isEmpty())
              .flatMap(RestHealth::last)
              .filter(answer -> answer.holdsLock() && answer.role() == Role.PRIMARY)
              .isPresent();
      return said || before.flatMap(table -> table.write().target()).isEmpty()
          ? right
          : new RoutingTable(right.view(), before.get().write(), right.returnedAt());
    }
  },
  /** A renewal of the lease counts as if it had reached etcd later than it did. */
  LEASE_RENEWED_LATE {
    @Override
    public LeaseStore leases(LeaseStore right) {
      return new LateRenewals(right);
    }
  },
  /** A reader whose replica was promoted is not woken to leave it. */
  READER_NOT_WOKEN {
    @Override
    public RandomGenerator departures(RandomGenerator right) {
      return new RandomGenerator() {
        @Override
        public long nextLong() {
          return right.nextLong();
        }

        @Override
        public long nextLong(long bound) {
          return bound + TimeUnit.HOURS.toNanos(1);
        }
      };
    }
  },
  /** A routing table reaches the sessions a second late. */
  FENCED_LATE {
    @Override
    public long fencingDelay() {
      return TimeUnit.SECONDS.toNanos(1);
    }
  },
  /** A connection is closed within the round of the event loop, not after it. */
  CLOSED_WITHIN_ROUND {
    @Override
    public boolean inlinesTasks() {
      return true;
    }
  };

  /** Believes that a lease lasts longer than etcd has granted. */
  private record LateRenewals(LeaseStore right) implements LeaseStore {
    private static final Duration LATE = Duration.ofSeconds(4);

    @Override
    public CompletionStage<Grant> grant(Duration ttl) {
      return right.grant(ttl);
    }

    @Override
    public CompletionStage<Answer> ask(Question question) {
      return right
          .ask(question)
          .thenApply(
              answer ->
                  answer instanceof Answer.Alive alive
                      ? new Answer.Alive(alive.renewed().map(ttl -> ttl.plus(LATE)), alive.view())
                      : answer);
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
      return right.revoke(lease);
    }

    @Override
    public void watch(Runnable changed) {
      right.watch(changed);
    }

    @Override
    public void close() {
      right.close();
    }
  }
}
