package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.lab.Certificates;
import io.trunkline.loadtest.lab.Faults;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Node;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Has the faults of a storm happen, each in its time. */
final class Striker {
  private static final int ETCD_PORT = 2379;
  private static final String FULL = Site.STATE_DISK + "/full";

  private final Lab lab;
  private final Targets targets;
  private final Certificates certificates;
  private final List<Struck> struck = new ArrayList<>();

  /** How many network faults a machine has: the last one to end ends the rules of all. */
  private final Map<Node, Integer> cut = new HashMap<>();

  Striker(Lab lab, Targets targets, Certificates certificates) {
    this.lab = lab;
    this.targets = targets;
    this.certificates = certificates;
  }

  /** Returns when the storm is over. */
  void storm(Round round) throws InterruptedException {
    Instant began = Instant.now();
    List<Thread> threads = new ArrayList<>();
    for (Fault fault : round.faults()) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("fault-" + fault.verb())
              .start(() -> strike(fault, began)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    sleepUntil(began.plus(round.storm()));
  }

  /** All that has happened so far. */
  synchronized List<Struck> struck() {
    return List.copyOf(struck);
  }

  private void strike(Fault fault, Instant storm) {
    sleepUntil(storm.plus(fault.begin()));
    List<Node> nodes = targets.of(fault.role());
    String names = nodes.stream().map(Node::name).collect(Collectors.joining("+"));
    Instant from = Instant.now();
    System.out.printf("%s   %s: %s%n", Site.clock(from), fault.verb().title(), names);
    List<String> failures = new ArrayList<>();
    Runnable undo = () -> {};
    try {
      undo = begin(fault.verb(), nodes);
    } catch (RuntimeException e) {
      failures.add("begin: " + e.getMessage());
    }
    sleepUntil(from.plus(fault.length()));
    try {
      undo.run();
    } catch (RuntimeException e) {
      failures.add("end: " + e.getMessage());
    }
    String failure = String.join("; ", failures).replaceAll("\\s+", " ");
    Struck done = new Struck(fault.verb(), names, from, Instant.now(), failure);
    if (!failure.isEmpty()) {
      System.out.printf("%s   %s: %s%n", Site.clock(done.until()), fault.verb().title(), failure);
    }
    synchronized (this) {
      struck.add(done);
    }
  }

  /** Returns what undoes it. */
  private Runnable begin(Verb verb, List<Node> nodes) {
    Node node = nodes.getFirst();
    Faults faults = lab.faults();
    return switch (verb) {
      case TRUNKLINE_KILLED -> killed(node, Service.TRUNKLINE);
      case TRUNKLINE_PAUSED -> paused(node, Service.TRUNKLINE);
      case TRUNKLINE_RESTARTED -> restarted(node, Service.TRUNKLINE);
      case TRUNKLINE_UPGRADED,
          CONFIGURATION_RELOADED,
          CERTIFICATE_RENEWED,
          NODE_DRAINED,
          VIP_DRAINED,
          DISK_FULL ->
          operated(verb, (ProxyNode) node);
      case PROXY_CUT_OFF, MEMBER_CUT_OFF -> cut(node, () -> faults.cutOff(node));
      case PROXY_UNPLUGGED -> {
        faults.unplug(node);
        yield faults::rejoin;
      }
      case PROXY_CUT_ONE_WAY, MEMBER_CUT_ONE_WAY -> cut(node, () -> faults.cutOneWay(node));
      case PROXY_SLOW, MEMBER_SLOW -> cut(node, () -> faults.slow(node, "2mbit"));
      case PROXY_LOSSY, MEMBER_LOSSY -> cut(node, () -> faults.lossy(node, 0.05));
      case REST_ONLY -> {
        List<Runnable> undo = new ArrayList<>();
        nodes.forEach(each -> undo.add(cut(each, () -> faults.cutPorts(each, ETCD_PORT))));
        yield () -> undo.forEach(Runnable::run);
      }
      case PATRONI_KILLED -> killed(node, Service.PATRONI);
      case PATRONI_PAUSED -> paused(node, Service.PATRONI);
      case PATRONI_RESTARTED -> restarted(node, Service.PATRONI);
      case REST_SILENT -> cut(node, () -> faults.dropRest((Member) node));
      case REST_REFUSED -> cut(node, () -> faults.refuseRest((Member) node));
      case POSTGRES_KILLED -> killed(node, Service.POSTGRES);
      case POSTGRES_PAUSED -> paused(node, Service.POSTGRES);
      case POSTGRES_RESTARTED -> {
        node.stop(Service.POSTGRES);
        yield () -> {}; // Patroni starts it
      }
      case REPLAY_DELAYED -> {
        ((Member) node).delayReplay(Duration.ofSeconds(30));
        yield ((Member) node)::resumeReplay;
      }
      case PARTITIONED -> partitioned((Member) node);
      case ETCD_MEMBER_KILLED -> killed(node, Service.ETCD);
      case ETCD_MEMBER_PAUSED -> paused(node, Service.ETCD);
      case QUORUM_LOST -> {
        faults.stopEtcd(2);
        yield () -> nodes.forEach(each -> each.start(Service.ETCD));
      }
      case SWITCHOVER -> {
        lab.patroni().switchover();
        yield () -> {};
      }
      case MAINTENANCE -> {
        lab.patroni().pause();
        yield lab.patroni()::resume;
      }
    };
  }

  private static Runnable killed(Node node, Service service) {
    node.kill9(service);
    return () -> node.start(service);
  }

  private static Runnable paused(Node node, Service service) {
    node.pause(service);
    return () -> node.resume(service);
  }

  private static Runnable restarted(Node node, Service service) {
    node.stop(service);
    return () -> node.start(service);
  }

  /** What operators do, or forget to look after. */
  private Runnable operated(Verb verb, ProxyNode proxy) {
    switch (verb) {
      case TRUNKLINE_UPGRADED -> proxy.upgrade();
      case CONFIGURATION_RELOADED -> reload(proxy);
      case CERTIFICATE_RENEWED -> Site.renew(certificates, proxy);
      case NODE_DRAINED -> {
        proxy.post("drain");
        return () -> proxy.post("undrain");
      }
      case VIP_DRAINED -> {
        proxy.post("drain?vip=" + Site.VIP);
        return () -> proxy.post("undrain?vip=" + Site.VIP);
      }
      case DISK_FULL -> {
        // It has to fail: else there is room left.
        proxy.exec("sh", "-c", "! head -c 1G /dev/zero 2>&1 >" + FULL);
        return () -> proxy.exec("rm", FULL);
      }
      default -> throw new IllegalArgumentException(verb.toString());
    }
    return () -> {};
  }

  private static void reload(ProxyNode proxy) {
    try {
      proxy.configure(Site.changed(Files.readString(proxy.file("etc/trunkline.yaml"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String answer = proxy.post("reload");
    if (!answer.contains("\"applied\":true")) {
      throw new LabException(proxy + " did not take a changed configuration: " + answer);
    }
  }

  private Runnable partitioned(Member primary) {
    ProxyNode proxy = lab.proxies().getLast();
    List<Node> left = List.of(primary, proxy);
    List<Node> right = new ArrayList<>(lab.members());
    right.addAll(lab.proxies());
    right.removeAll(left);
    List<Runnable> undo = new ArrayList<>();
    left.forEach(each -> undo.add(cut(each, () -> {})));
    lab.faults().partition(left, right);
    return () -> undo.forEach(Runnable::run);
  }

  private Runnable cut(Node node, Runnable fault) {
    synchronized (cut) {
      cut.merge(node, 1, Integer::sum);
    }
    try {
      fault.run();
    } catch (RuntimeException e) {
      mend(node);
      throw e;
    }
    return () -> mend(node);
  }

  private void mend(Node node) {
    synchronized (cut) {
      if (cut.merge(node, -1, Integer::sum) == 0) {
        lab.faults().restore(node);
      }
    }
  }

  private static void sleepUntil(Instant moment) {
    for (Duration left = Duration.between(Instant.now(), moment);
        left.isPositive();
        left = Duration.between(Instant.now(), moment)) {
      LockSupport.parkNanos(left.toNanos());
    }
  }
}
