package io.trunkline.simulation.patroni;

import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.postgres.Postgres;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the members ask each other over REST: who answers, and how far each one is. */
public final class PatroniPeers {
  private final Network network;
  private final List<Patroni> all = new ArrayList<>();

  public PatroniPeers(Network network) {
    this.network = network;
  }

  /** One more. */
  public void add(Patroni member) {
    all.add(member);
  }

  /** All of them. */
  public List<Patroni> all() {
    return all;
  }

  /** The PostgreSQL of that member; null for an unknown name. */
  @Nullable Postgres postgres(String name) {
    for (Patroni each : all) {
      if (each.name().equals(name)) {
        return each.postgres();
      }
    }
    return null;
  }

  private boolean answers(Patroni to, Patroni asked) {
    return network.open(to.host(), asked.host())
        && network.open(asked.host(), to.host())
        && !asked.process().dead()
        && !asked.process().stopped();
  }

  boolean reaches(Patroni one, String name) {
    return all.stream()
        .anyMatch(
            each ->
                each.name().equals(name)
                    && answers(one, each)
                    && each.postgres().state() == Postgres.State.RECOVERY);
  }

  /** Whether nobody who answers has more WAL, and no primary answers. */
  boolean isForemost(Patroni one) {
    if (one.postgres().primary()) {
      return true;
    }
    for (Patroni other : all) {
      if (other != one && answers(one, other)) {
        if (other.postgres().primary()
            || (other.postgres().running()
                && (other.postgres().timeline() > one.postgres().timeline()
                    || other.postgres().position() > one.postgres().position()))) {
          return false;
        }
      }
    }
    return true;
  }

  /** The standby that is furthest, of those that answer. */
  @Nullable Patroni foremost(Patroni leader) {
    Patroni best = null;
    for (Patroni other : all) {
      if (other != leader
          && answers(leader, other)
          && other.postgres().state() == Postgres.State.RECOVERY
          && (best == null || other.postgres().position() > best.postgres().position())) {
        best = other;
      }
    }
    return best;
  }

  /** The name of the standby that the leader has made synchronous. */
  String synchronous(Patroni leader) {
    Patroni standby = foremost(leader);
    return standby == null ? "" : standby.name();
  }

  String syncKey(Patroni leader) {
    return "{\"leader\":\"%s\",\"sync_standby\":\"%s\"}"
        .formatted(leader.name(), synchronous(leader));
  }

  /** Whether every other member answers that it knows no other leader. */
  boolean allAgree(Patroni leader) {
    return all.stream()
        .allMatch(other -> other == leader || (answers(leader, other) && !other.leads()));
  }
}
