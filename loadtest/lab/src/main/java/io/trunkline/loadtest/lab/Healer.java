package io.trunkline.loadtest.lab;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a broken cluster whole, and says when it is. */
final class Healer {
  private static final Duration ETCD = Duration.ofSeconds(20);
  private static final Duration LEADER = Duration.ofSeconds(60);

  /** How long a member may try to come back by itself; a clone of the small database is faster. */
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private static final Duration CLONE = Duration.ofSeconds(60);

  private final Lab lab;
  private final EtcdClient etcd;
  private final ClusterLayout layout;
  private final LabOptions options;

  Healer(Lab lab, EtcdClient etcd, ClusterLayout layout, LabOptions options) {
    this.lab = lab;
    this.etcd = etcd;
    this.layout = layout;
    this.options = options;
  }

  void heal() {
    fenceFormerPrimaries();
    Parallel.forEach(lab.nodes(), Node::mend);
    awaitEtcdOfRunningNodes();
    Parallel.forEach(lab.nodes(), Node::heal);
    lab.members().forEach(member -> member.requestDelay(Duration.ZERO));
    awaitEtcd();
    resetDcs();
    awaitLeader(LEADER);
    if (!Await.within(PATIENCE, this::whole)) {
      Member leader = awaitLeader(LEADER);
      Set<String> streaming = streaming(leader);
      List<Member> broken =
          lab.members().stream()
              .filter(m -> !m.equals(leader) && !streaming.contains(m.name()))
              .toList();
      Parallel.forEach(broken, Member::reinitialize);
      Await.until("every member is back: " + broken, CLONE, this::whole);
    }
    if (!options.dcs().containsKey(Patroni.SYNCHRONOUS_MODE)) {
      Await.until("no commit waits for a standby", LEADER, this::asynchronous);
    }
  }

  private boolean asynchronous() {
    try {
      return writableLeader()
          .filter(leader -> leader.ask("show synchronous_standby_names").isEmpty())
          .isPresent();
    } catch (LabException e) {
      return false; // it is asked again
    }
  }

  /**
   * An old primary that comes back with an expired lease can take the leader key from its successor
   * (Patroni 3.0 with etcd3), and the commits since then are lost. Healing must not do that: who
   * does not stream from the present leader dies before the faults end, and Patroni comes back only
   * when the etcd beside it has caught up: a fresh Patroni believes what a stale etcd tells.
   */
  private void fenceFormerPrimaries() {
    Optional<Member> leader = writableLeader();
    if (leader.isPresent()) {
      Set<String> streaming = streaming(leader.get());
      Parallel.forEach(
          lab.members().stream()
              .filter(m -> !m.equals(leader.get()) && !streaming.contains(m.name()))
              .toList(),
          Node::fence);
    }
  }

  private void awaitEtcdOfRunningNodes() {
    for (Member member : lab.members()) {
      if (member.runsEtcd() && member.machine().running()) {
        Await.until("etcd on " + member, ETCD, () -> etcd.healthy(member.address()));
      }
    }
  }

  void awaitEtcd() {
    for (String address : etcd.addresses()) {
      Await.until("etcd on " + address, ETCD, () -> etcd.healthy(address));
    }
  }

  Member awaitLeader(Duration limit) {
    return Await.value("a primary that accepts writes", limit, this::writableLeader);
  }

  /**
   * A leader that accepts writes, all others streaming from it and known to Patroni as replicas.
   */
  boolean whole() {
    Optional<Member> leader = writableLeader();
    if (leader.isEmpty()) {
      return false;
    }
    Set<String> streaming = streaming(leader.get());
    return lab.members().stream()
        .filter(m -> !m.equals(leader.get()))
        .allMatch(
            m -> streaming.contains(m.name()) && m.check("/replica") == 200 && replaysAtOnce(m));
  }

  private static boolean replaysAtOnce(Member member) {
    try {
      return member.replayDelay().isZero();
    } catch (LabException e) {
      return false; // it is starting again: Patroni does that to copy a logical slot
    }
  }

  private Optional<Member> writableLeader() {
    try {
      return etcd.get(ClusterLayout.PREFIX + "leader")
          .flatMap(lab::find)
          .filter(m -> m.check("/primary") == 200)
          .filter(m -> m.ask("select pg_is_in_recovery()").equals("f"));
    } catch (LabException e) {
      return Optional.empty(); // PostgreSQL does not answer yet
    }
  }

  private static Set<String> streaming(Member leader) {
    try {
      String rows =
          leader.ask("select application_name from pg_stat_replication where state = 'streaming'");
      return new HashSet<>(rows.lines().toList());
    } catch (LabException e) {
      return Set.of();
    }
  }

  /** Back to the dynamic configuration that the lab began with, no switchover pending, no delay. */
  private void resetDcs() {
    etcd.get(ClusterLayout.PREFIX + "failover")
        .filter(text -> !text.equals("{}"))
        .ifPresent(text -> etcd.delete(ClusterLayout.PREFIX + "failover"));
    String key = ClusterLayout.PREFIX + "config";
    Map<String, Object> wanted = new HashMap<>(PatroniFile.dcs(layout, options));
    String text = Json.of(wanted);
    if (!etcd.get(key).map(Json::parse).equals(Optional.of(Json.parse(text)))) {
      etcd.put(key, text);
    }
  }
}
