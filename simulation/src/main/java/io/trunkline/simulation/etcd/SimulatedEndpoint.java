package io.trunkline.simulation.etcd;

import io.trunkline.healthcheck.dcs.Entry;
import io.trunkline.healthcheck.dcs.etcd.EtcdEndpoint;
import io.trunkline.simulation.time.SimulatedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A member of etcd as Trunkline's observer has it, in place of jetcd: an answer that does not come
 * within the deadline of a read is a failure, and a watch whose connection is silently gone ends
 * when gRPC's keepalive finds out.
 */
public final class SimulatedEndpoint implements EtcdEndpoint {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(2);
  private static final long KEEPALIVE = TimeUnit.SECONDS.toNanos(5);

  private final EtcdCluster cluster;
  private final int member;
  private final String host;
  private final String prefix;
  private final SimulatedProcess process;
  private final Executor loop;
  private int open;

  /**
   * @param host the address of the machine that asks
   * @param loop runs tasks on the observer's loop
   */
  public SimulatedEndpoint(
      EtcdCluster cluster,
      int member,
      String host,
      String prefix,
      SimulatedProcess process,
      Executor loop) {
    this.cluster = cluster;
    this.member = member;
    this.host = host;
    this.prefix = prefix;
    this.process = process;
    this.loop = loop;
  }

  @Override
  public String name() {
    return cluster.hosts().get(member) + ":2379";
  }

  @Override
  public boolean busy() {
    return open > 0;
  }

  @Override
  public void read(String key, Reply reply) {
    ask(
        () -> {
          Map<String, Entry> found = new TreeMap<>();
          cluster.store().get(prefix + key).ifPresent(stored -> found.put(key, stored.entry()));
          return new Answer(cluster.store().revision(), found);
        },
        reply);
  }

  @Override
  public void readAll(Reply reply) {
    ask(
        () -> {
          Map<String, Entry> found = new TreeMap<>();
          cluster
              .store()
              .under(prefix)
              .forEach((key, stored) -> found.put(key.substring(prefix.length()), stored.entry()));
          return new Answer(cluster.store().revision(), found);
        },
        reply);
  }

  private void ask(Supplier<Answer> question, Reply reply) {
    open++;
    boolean[] done = new boolean[1];
    cluster.request(
        host,
        member,
        question,
        answer ->
            loop.execute(
                () -> {
                  if (!done[0]) {
                    done[0] = true;
                    open--;
                    reply.on(answer, answer == null ? "etcdserver: request timed out" : null);
                  }
                }));
    process.after(
        TIMEOUT,
        () ->
            loop.execute(
                () -> {
                  if (!done[0]) {
                    done[0] = true;
                    open--;
                    reply.on(null, "no answer in time");
                  }
                }));
  }

  @Override
  public Runnable watch(long revision, Watcher watcher) {
    EtcdWatchStream stream =
        new EtcdWatchStream(
            process,
            host,
            member,
            prefix,
            revision,
            changes -> loop.execute(() -> watcher.onChanges(changes(changes))),
            reason -> loop.execute(() -> watcher.onEnded(reason)));
    cluster.request(
        host,
        member,
        () -> {
          cluster.store().add(stream);
          return true;
        },
        _ -> {});
    probe(stream, watcher, 0);
    return stream::close;
  }

  /** Keepalive: a connection on which nothing comes back for so long is given up. */
  private void probe(EtcdWatchStream stream, Watcher watcher, int missed) {
    process.after(
        KEEPALIVE / 2,
        () -> {
          if (stream.over() || process.dead()) {
            return;
          }
          boolean lost = !cluster.reaches(member, host);
          if (lost && missed > 0) {
            stream.close();
            loop.execute(() -> watcher.onEnded("UNAVAILABLE: keepalive failed"));
          } else {
            probe(stream, watcher, lost ? missed + 1 : 0);
          }
        });
  }

  @Override
  public void close() {}

  private List<Change> changes(List<EtcdStore.Change> told) {
    List<Change> changes = new ArrayList<>();
    for (EtcdStore.Change change : told) {
      changes.add(
          new Change(
              change.key().substring(prefix.length()),
              change.stored().map(EtcdStore.Stored::entry),
              change.revision()));
    }
    return changes;
  }
}
