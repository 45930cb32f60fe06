package io.trunkline.vip.lease;

import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.Claimant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** A lease in etcd: carries the machine's questions out, and the answers back to the loop. */
public final class LeaseClaimant implements Claimant {
  private final LeaseTerms terms;
  private final LeaseStore store;
  private final Consumer<Consumer<Instant>> loop;
  private final Consumer<Instant> changed;
  private volatile LeaseState state = new Absent(false);
  private volatile String failure = "";

  /**
   * @param loop runs that on the VIPs' thread
   * @param changed is told, there, that the claim may be another one
   */
  public LeaseClaimant(
      LeaseTerms terms,
      LeaseStore store,
      Consumer<Consumer<Instant>> loop,
      Consumer<Instant> changed) {
    this.terms = terms;
    this.store = store;
    this.loop = loop;
    this.changed = changed;
    store.watch(() -> post(_ -> new LeaseEvent.Changed()));
  }

  @Override
  public Claim claim() {
    return state.claim();
  }

  @Override
  public Optional<String> holder() {
    return state.holder();
  }

  @Override
  public String remark() {
    return failure.isEmpty() ? "" : "etcd: " + failure;
  }

  @Override
  public Instant deadline() {
    return state.deadline();
  }

  @Override
  public void onTime(Instant now) {
    if (!now.isBefore(state.deadline())) {
      step(new LeaseEvent.TimerExpired(), now);
    }
  }

  @Override
  public void join(Instant now) {
    step(new LeaseEvent.Join(), now);
  }

  @Override
  public void leave(Instant now) {
    step(new LeaseEvent.Leave(), now);
  }

  @Override
  public long passOn(Instant now) {
    long lease = state instanceof Candidate candidate ? candidate.lease() : 0;
    step(new LeaseEvent.PassOn(), now);
    return lease;
  }

  @Override
  public void inherit(long left, Instant now) {
    if (left != 0) {
      step(new LeaseEvent.Inherit(left), now);
    }
  }

  @Override
  public void vacated(Instant now) {
    step(new LeaseEvent.Vacated(), now);
  }

  @Override
  public void serving(boolean serving, Instant now) {
    step(new LeaseEvent.Serving(serving), now);
  }

  private void step(LeaseEvent event, Instant now) {
    LeaseState.Step step = state.on(event, now, terms);
    state = step.state();
    List<LeaseAction> actions = step.actions();
    for (int i = 0; i < actions.size(); i++) {
      perform(actions.get(i));
    }
  }

  private void perform(LeaseAction action) {
    switch (action) {
      case LeaseAction.Grant grant ->
          answer(
              store.grant(grant.ttl()).toCompletableFuture(),
              grant.askedAt(),
              granted -> new LeaseEvent.Granted(grant.askedAt(), granted.lease(), granted.ttl()));
      case LeaseAction.Ask ask ->
          answer(
              store.ask(ask.question()).toCompletableFuture(),
              ask.askedAt(),
              answer -> event(ask.askedAt(), ask.question(), answer));
      // If it does not arrive, the lease runs out.
      case LeaseAction.Revoke revoke -> store.revoke(revoke.lease());
    }
  }

  private static LeaseEvent event(
      Instant askedAt, LeaseStore.Question question, LeaseStore.Answer answer) {
    return switch (answer) {
      case LeaseStore.Answer.Alive alive ->
          new LeaseEvent.Answered(askedAt, question.lease(), alive.renewed(), alive.view());
      case LeaseStore.Answer.Gone _ -> new LeaseEvent.Gone(askedAt, question.lease());
    };
  }

  private <T> void answer(
      CompletableFuture<T> stage, Instant askedAt, Function<T, LeaseEvent> event) {
    var _ =
        stage.whenComplete(
            (value, error) -> {
              failure = error == null ? "" : message(error);
              post(_ -> error == null ? event.apply(value) : new LeaseEvent.Failed(askedAt));
            });
  }

  private void post(Function<Instant, LeaseEvent> event) {
    loop.accept(
        now -> {
          step(event.apply(now), now);
          changed.accept(now);
        });
  }

  private static String message(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return String.valueOf(cause.getMessage());
  }
}
