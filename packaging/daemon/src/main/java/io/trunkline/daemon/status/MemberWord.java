package io.trunkline.daemon.status;

import io.trunkline.routing.DcsMember;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Role;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The freshest word on a member: its REST API while it answers, or else its key in etcd. */
public final class MemberWord {
  private final Optional<RestAnswer> rest;
  private final Optional<DcsMember> key;
  private final boolean answers;

  public MemberWord(Member member) {
    this.rest = member.rest().last();
    this.key = member.dcs();
    this.answers = rest.isPresent() && member.rest().failure().isEmpty();
  }

  /** Patroni's role. */
  public Role role() {
    return freshest(RestAnswer::role, DcsMember::role).orElse(Role.UNKNOWN);
  }

  /** PostgreSQL's state in Patroni's words. */
  public Optional<String> state() {
    return freshest(RestAnswer::state, DcsMember::state);
  }

  /** PostgreSQL timeline. */
  public OptionalLong timeline() {
    return freshest(RestAnswer::timeline, DcsMember::timeline).orElse(OptionalLong.empty());
  }

  /** Somebody has a fresh word, and it is that PostgreSQL runs. */
  public boolean up() {
    boolean heard = answers || key.isPresent();
    return heard && freshest(RestAnswer::running, MemberWord::running).orElse(false);
  }

  private static boolean running(DcsMember member) {
    return member.state().equals("running") || member.state().equals("streaming");
  }

  private <T> Optional<T> freshest(Function<RestAnswer, T> byRest, Function<DcsMember, T> byKey) {
    Optional<T> answer = rest.map(byRest);
    Optional<T> word = key.map(byKey);
    return answers ? answer.or(() -> word) : word.or(() -> answer);
  }
}
