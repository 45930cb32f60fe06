package io.trunkline.vip.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import io.trunkline.config.Cidr;
import io.trunkline.config.Secret;
import io.trunkline.config.VipConfig;
import io.trunkline.config.VipConfig.DuplicateAddress;
import io.trunkline.config.VrrpConfig;
import io.trunkline.vip.LinuxVipService;
import io.trunkline.vip.VipHandover;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipTransition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A node for the tests: settings as key=value arguments, commands on standard input, what happens
 * on standard output.
 */
final class VipNode implements VipListener {
  private final Sessions sessions;

  private VipNode(Sessions sessions) {
    this.sessions = sessions;
  }

  public static void main(String[] arguments) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (String each : arguments) {
      settings.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
    }
    InstantSource clock = monotonic();
    AtomicBoolean beating = new AtomicBoolean(true);
    List<VipConfig> vips = vips(settings);
    try (Sessions sessions = Sessions.unbound();
        LinuxVipService service =
            new LinuxVipService(
                "node",
                vips,
                Integer.parseInt(settings.getOrDefault("rt", "0")),
                new VipNode(sessions),
                clock,
                vip -> {
                  throw new AssertionError(vip);
                })) {
      if (Boolean.parseBoolean(settings.getOrDefault("standby", "false"))) {
        service.standBy();
      } else {
        service.start();
        sessions.listen();
      }
      Thread.ofPlatform().daemon().start(() -> beat(service, beating));
      vips.forEach(vip -> service.serving(vip.name(), true, "the test says so"));
      say("started");
      command(service, sessions, beating);
    } catch (IOException e) {
      say("failed " + e.getMessage());
    }
    say("ended");
  }

  private static void command(LinuxVipService service, Sessions sessions, AtomicBoolean beating)
      throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line) {
        case "serve" -> service.serving("main", true, "the test says so");
        case "idle" -> service.serving("main", false, "the test says so");
        case "release" -> service.release(VipReason.RELEASED).thenRun(() -> say("released")).join();
        case "resume" -> service.resume("main");
        case "pass on" -> say("left " + service.passOn().join().get("main"));
        case "inherit" -> service.inherit(Map.of("main", new VipHandover(true, 0)));
        case "inherit nothing" -> service.inherit(Map.of());
        case "stuck" -> sessions.stuck();
        case "hang" -> beating.set(false);
        case "beat" -> beating.set(true);
        case "status" -> say("status " + service.status().getFirst());
        case "timers" -> say("timers " + service.status().getFirst().lateness().count());
        case "allocated" -> say("allocated " + allocated());
        case "quit" -> {
          return;
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  /** What the protocol's thread has allocated so far, in bytes. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (long id : threads.getAllThreadIds()) {
      if ("vrrp".equals(threads.getThreadInfo(id).getThreadName())) {
        return threads.getThreadAllocatedBytes(id);
      }
    }
    throw new IllegalStateException("the protocol's thread is gone");
  }

  private static void beat(LinuxVipService service, AtomicBoolean beating) {
    while (true) {
      if (beating.get()) {
        service.heartbeat();
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  /** One, and with {@code second} another one of the same router id. */
  private static List<VipConfig> vips(Map<String, String> settings) {
    VipConfig main =
        config("main", settings, addresses(settings, "vip"), addresses(settings, "excluded"));
    return settings.containsKey("second")
        ? List.of(main, config("second", settings, addresses(settings, "second"), List.of()))
        : List.of(main);
  }

  private static VipConfig config(
      String name, Map<String, String> settings, List<Cidr> addresses, List<Cidr> excluded) {
    int version = Integer.parseInt(settings.getOrDefault("version", "3"));
    Duration interval = Duration.parse(settings.getOrDefault("interval", "PT0.3S"));
    // No Configs: as another user it cannot read the libraries that those need.
    VrrpConfig vrrp =
        new VrrpConfig(
            version,
            51,
            Integer.parseInt(settings.getOrDefault("priority", "100")),
            interval,
            Boolean.parseBoolean(settings.getOrDefault("preempt", "true")),
            Duration.ZERO,
            list(settings, "peers").map(InetAddress::ofLiteral).toList(),
            Optional.ofNullable(settings.get("pass")).map(Secret::new),
            Boolean.parseBoolean(settings.getOrDefault("asv2", "false")),
            5,
            Duration.parse(settings.getOrDefault("garpdelay", "PT5S")),
            Duration.ZERO);
    return new VipConfig(
        name,
        settings.getOrDefault("interface", "eth0"),
        addresses,
        excluded,
        VipConfig.Mode.VRRP,
        DuplicateAddress.valueOf(settings.getOrDefault("duplicate", "WARN")),
        vrrp,
        Optional.empty(),
        "main",
        Optional.empty());
  }

  private static List<Cidr> addresses(Map<String, String> settings, String key) {
    return list(settings, key)
        .map(text -> text.split("/", -1))
        .map(parts -> new Cidr(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1])))
        .toList();
  }

  private static Stream<String> list(Map<String, String> settings, String key) {
    return Stream.of(settings.getOrDefault(key, "").split(",", -1)).filter(each -> !each.isEmpty());
  }

  private static InstantSource monotonic() {
    Instant start = Instant.now();
    long origin = System.nanoTime();
    return () -> start.plusNanos(System.nanoTime() - origin);
  }

  private static void say(String text) {
    synchronized (System.out) {
      System.out.println(System.currentTimeMillis() + " " + text);
    }
  }

  @Override
  public void opening(String vip, List<InetAddress> addresses) {
    // On the thread of the protocol: nothing is said.
  }

  @Override
  public void closing(String vip, List<InetAddress> addresses) {
    // On the thread of the protocol: nothing is said.
  }

  @Override
  public void transition(VipTransition transition) {
    say("transition %s %s".formatted(transition.to(), transition.reason()));
  }

  @Override
  public CompletionStage<Void> leaving(String vip, List<InetAddress> addresses, VipReason reason) {
    say("leaving " + reason);
    return sessions.end();
  }

  @Override
  public void lost(String vip, List<InetAddress> addresses, VipReason reason) {
    say("lost " + reason);
  }

  @Override
  public void warning(String vip, String text) {
    say("warning " + text);
  }
}
