package io.trunkline.routing;

import io.trunkline.config.HostPort;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of a session on a member: facts of the session and a routing table in,
 * verdict out. All that is looked at of a table is in {@link Input}, so a session has to be looked
 * at again only when the input of its listener has changed.
 */
public final class Fence {
  private Fence() {}

  /** What becomes of a session. */
  public enum Verdict {
    /** It goes on. */
    KEEP,
    /** Its client is not read: what it commits could be lost. */
    BLOCK,
    /** What runs may finish, what would begin waits: a switchover is due. */
    BLOCK_WHEN_IDLE,
    /**
     * It ends once it is idle: its replica has become the primary, and there is another replica.
     */
    DEPART_WHEN_IDLE,
    /** The member has not answered yet: another one is looked for. */
    REPLACE,
    /** It ends: its member has been superseded. */
    END
  }

  /**
   * What counts of a session.
   *
   * @param target the member it is on
   * @param announced whether the member itself has told that address; a guessed one proves nothing
   * @param asPrimary whether it was placed there because the member is the primary
   * @param primary whether the member is the primary, or has been since the session began; one that
   *     holds the leader key counts as such, since it is being promoted
   * @param answered whether the member has answered: it cannot be replaced any more
   * @param followed whether it can be seen when the session is idle
   */
  public record Facts(
      Target target,
      boolean announced,
      boolean asPrimary,
      boolean primary,
      boolean answered,
      boolean followed) {

    /**
     * Of a session that is about to be connected to that member.
     *
     * @param table what it was picked from
     */
    public static Facts dialling(Target target, boolean asPrimary, Optional<RoutingTable> table) {
      boolean announced =
          table
              .flatMap(now -> now.view().member(target.member()))
              .filter(Member::announced)
              .flatMap(Member::postgres)
              .equals(Optional.of(target.postgres()));
      return new Facts(target, announced, asPrimary, asPrimary, false, false);
    }

    /** The member has answered. */
    public Facts answered(boolean followed) {
      return new Facts(target, announced, asPrimary, primary, true, followed);
    }

    /**
     * What that input adds. The leader of a standby cluster takes no writes; without a leader
     * nobody becomes the primary.
     */
    public Facts seen(Input input) {
      boolean leads =
          input.owner().isPresent() && !input.supersedes(this) && !input.write().blocked();
      boolean standby = input.write().reason() == WriteReason.STANDBY_CLUSTER;
      boolean now = leads ? asPrimary || !standby : primary;
      return now == primary
          ? this
          : new Facts(target, announced, asPrimary, now, answered, followed);
    }
  }

  /**
   * The member that last was the rightful primary.
   *
   * @param postgres where its PostgreSQL listens, as far as is known
   * @param announced whether it has told so itself
   */
  public record Owner(String name, Optional<HostPort> postgres, boolean announced) {
    private static Owner of(String name, ClusterView view) {
      Optional<Member> member = view.member(name);
      return new Owner(
          name, member.flatMap(Member::postgres), member.filter(Member::announced).isPresent());
    }

    private boolean is(Target target, boolean targetAnnounced) {
      if (!name.equals(target.member())) {
        return postgres.filter(address -> Member.isAddressOf(target.member(), address)).isPresent();
      }
      return !announced || !targetAnnounced || postgres.equals(Optional.of(target.postgres()));
    }
  }

  /**
   * All that counts of a routing table for the sessions of one listener.
   *
   * @param write where writes go
   * @param owner its owner
   * @param replicas members that a session may have which is not to be on the primary; empty for
   *     routes that lead to the primary
   */
  public record Input(WriteDecision write, Optional<Owner> owner, Set<String> replicas) {
    public Input {
      replicas = Set.copyOf(replicas);
    }

    /** Of that table, for sessions that this picker places. */
    public static Input of(RoutingTable table, Picker picker) {
      return new Input(
          table.write(),
          table.write().owner().map(name -> Owner.of(name, table.view())),
          picker.replicas(table));
    }

    /** Whether somebody else is the rightful primary: also one of the same name elsewhere. */
    private boolean supersedes(Facts facts) {
      return owner.filter(now -> !now.is(facts.target(), facts.announced())).isPresent();
    }
  }

  /** What becomes of that session, whose facts include what has been {@link Facts#seen}. */
  public static Verdict decide(Facts facts, Input input) {
    if (!facts.primary()) {
      return Verdict.KEEP;
    }
    boolean superseded = input.supersedes(facts);
    boolean open = input.write().target().equals(Optional.of(facts.target()));
    if (!facts.answered()) {
      return superseded || (facts.asPrimary() && !open) ? Verdict.REPLACE : Verdict.KEEP;
    }
    if (superseded) {
      return Verdict.END;
    }
    if (input.write().blocked()) {
      return Verdict.BLOCK;
    }
    if (input.write().state() == WriteState.SWITCHING) {
      return facts.followed() ? Verdict.BLOCK_WHEN_IDLE : Verdict.KEEP;
    }
    boolean elsewhere =
        input.replicas().stream().anyMatch(name -> !name.equals(facts.target().member()));
    return open && elsewhere && facts.followed() && !facts.asPrimary()
        ? Verdict.DEPART_WHEN_IDLE
        : Verdict.KEEP;
  }
}
