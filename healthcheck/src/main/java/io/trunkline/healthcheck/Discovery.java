package io.trunkline.healthcheck;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Learns who the members are from the configured REST APIs: {@code GET /cluster} of any of them,
 * now and then. Until one has answered, each configured host stands for a member.
 */
final class Discovery {
  private static final Duration KNOWN = Duration.ofSeconds(10);
  private static final Duration UNKNOWN = Duration.ofSeconds(1);

  private final List<ApiUrl> hosts;
  private final List<String> problems = new ArrayList<>();
  private final String scope;
  private final Asker asker;
  private final EventLoop loop;
  private final Runnable changed;
  private Optional<ClusterBody> cluster = Optional.empty();
  private @Nullable Future<?> timer;
  private @Nullable Runnable open;
  private int next;
  private boolean closed;

  Discovery(List<URI> hosts, String scope, Asker asker, EventLoop loop, Runnable changed) {
    this.scope = scope;
    this.asker = asker;
    this.loop = loop;
    this.changed = changed;
    List<ApiUrl> readable = new ArrayList<>();
    for (URI host : hosts) {
      try {
        readable.add(ApiUrl.parse(host.toString()));
      } catch (JunkException e) {
        problems.add("patroni.hosts: " + e.getMessage());
      }
    }
    this.hosts = List.copyOf(readable);
  }

  void start() {
    if (!hosts.isEmpty()) {
      ask();
    }
  }

  void close() {
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
    if (open != null) {
      open.run();
    }
  }

  /** The last answer. */
  Optional<ClusterBody> cluster() {
    return cluster;
  }

  List<String> problems() {
    return problems;
  }

  /** The members by name; a host that nobody has named yet is called by its address. */
  SortedMap<String, MemberFacts> members() {
    return cluster.map(ClusterBody::members).orElseGet(this::unnamed);
  }

  private SortedMap<String, MemberFacts> unnamed() {
    TreeMap<String, MemberFacts> members = new TreeMap<>();
    for (ApiUrl host : hosts) {
      members.put(
          host.address().toString(),
          new MemberFacts(
              Optional.of(new HostPort(host.address().host(), 5432)),
              Optional.of(host),
              Optional.empty()));
    }
    return members;
  }

  private void ask() {
    open = asker.ask(hosts.get(next), "/cluster", this::answered);
  }

  private void answered(RestReply reply) {
    if (closed) {
      return;
    }
    open = null;
    boolean answered = false;
    if (reply instanceof RestReply.Answered answer) {
      try {
        cluster = Optional.of(ClusterBody.parse(answer, scope));
        answered = true;
        changed.run();
      } catch (JunkException e) {
        problems.clear();
        problems.add(hosts.get(next) + "/cluster: " + e.getMessage());
      }
    }
    if (answered) {
      problems.clear();
    } else {
      next = (next + 1) % hosts.size();
    }
    Duration pause = answered ? KNOWN : UNKNOWN;
    timer = loop.schedule(this::ask, pause.toMillis(), TimeUnit.MILLISECONDS);
  }
}
