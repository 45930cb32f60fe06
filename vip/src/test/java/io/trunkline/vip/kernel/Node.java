package io.trunkline.vip.kernel;

import io.trunkline.config.VipConfig;
import io.trunkline.vip.LinuxVipService;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Trunkline node in a host: a JVM that the test can kill, freeze and talk to. */
final class Node {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Running process;

  private Node(Running process) {
    this.process = process;
  }

  /** Starts one, with settings as {@link VipNode} takes them. */
  static Node start(Host host, String... settings) {
    Node node = startUnchecked(host, List.of(), settings);
    node.process.await(0, "start", line -> line.endsWith(" started"), PATIENCE);
    return node;
  }

  /** As {@link #start}, through another command, without waiting. */
  static Node startUnchecked(Host host, List<String> through, String... settings) {
    // Before whatever else runs on this machine, so that it is the node that is measured.
    List<String> command = new ArrayList<>(List.of("nice", "-n", "-15"));
    command.addAll(through);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            // A method handle is compiled for itself at its first call, not some calls later.
            "-Djava.lang.invoke.MethodHandle.CUSTOMIZE_THRESHOLD=0",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            Stream.of(LinuxVipService.class, VipConfig.class, VipNode.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(":")),
            VipNode.class.getName()));
    command.addAll(List.of(settings));
    return new Node(host.exec(command));
  }

  Running process() {
    return process;
  }

  int mark() {
    return process.mark();
  }

  void say(String command) {
    process.say(command);
  }

  /** Waits for a line, and returns when it was written. */
  Instant await(int mark, String text) {
    String line = process.await(mark, text, each -> each.contains(text), PATIENCE);
    return Instant.ofEpochMilli(Long.parseLong(line.substring(0, line.indexOf(' '))));
  }

  Instant awaitMaster(int mark) {
    return await(mark, "transition MASTER");
  }

  String line(int mark, String text) {
    return process.await(mark, text, each -> each.contains(text), PATIENCE);
  }

  boolean wrote(int mark, String text) {
    return process.lines().stream().skip(mark).anyMatch(each -> each.contains(text));
  }
}
