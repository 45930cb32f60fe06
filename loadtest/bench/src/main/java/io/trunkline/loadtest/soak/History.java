package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.workload.Sample;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * All that was recorded.
 *
 * @param reads of sessions that stay
 * @param fresh reads of new sessions
 * @param positions of the primary, in order of time
 * @param statuses in order of time
 * @param changed what kept sessions had become that were not what they had been
 */
record History(
    List<Written> writes,
    List<List<Sample>> reads,
    List<FreshRead> fresh,
    List<Position> positions,
    List<ProxyStatus> statuses,
    List<Struck> faults,
    List<Calm> calms,
    Counted counted,
    List<Changed> changed,
    GroundTruth truth) {

  /**
   * What a writer has done.
   *
   * @param surviving the ids that the primary has in the end
   */
  record Written(String writer, List<Sample> samples, Set<Long> surviving) {
    List<Sample> lost() {
      return samples.stream()
          .filter(sample -> sample.acknowledged() && !surviving.contains(sample.id()))
          .toList();
    }
  }

  /**
   * The first statement of a new session at the listener for reads.
   *
   * @param start of the connection
   * @param server its address
   * @param replica whether it was in recovery
   * @param replayed up to this position, in bytes; of a replica only
   */
  record FreshRead(Instant start, Instant end, String server, boolean replica, long replayed) {}

  /** Up to where a member that took writes had written its WAL, in bytes. */
  record Position(Instant at, String member, long written) {}

  /**
   * What a proxy showed.
   *
   * @param answered whether it did
   * @param state of the write route; empty if it did not answer
   */
  record ProxyStatus(
      Instant at, String proxy, boolean answered, String state, int queued, boolean blocked) {
    /** Whether it showed why a session might have to wait. */
    boolean showsReason() {
      return !answered || !state.equals("open") || queued > 0 || blocked;
    }
  }

  /** A kept session is not what it was. */
  record Changed(Instant at, String session) {}

  /**
   * What the clients with counters saw, in sums.
   *
   * @param lost acknowledged, and not there
   * @param twice rows that are there once more
   * @param refusedCommitted answered with 40001, and there
   * @param unexplained there, and in no log
   */
  record Counted(int acknowledged, int lost, int twice, int refusedCommitted, int unexplained) {}

  /** The end of a calm. */
  record Calm(int round, Instant at, List<ProxyState> proxies) {}

  /**
   * A proxy at the end of a calm.
   *
   * @param why not ready, or empty
   * @param holds whether the VIP is on its interface
   * @param connections of clients
   * @param resident bytes
   * @param heap bytes that the last garbage collection left
   */
  record ProxyState(
      String proxy,
      boolean ready,
      String why,
      boolean holds,
      int queued,
      int connections,
      long resident,
      long heap,
      int descriptors,
      int threads) {
    /** Those that are not for sessions: a session has one for its client and one for its member. */
    int otherDescriptors() {
      return descriptors - 2 * connections;
    }
  }
}
