package io.trunkline.vip.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The keepalived of this machine, or the one that the environment names. */
final class Keepalived {
  static final String BINARY = System.getenv().getOrDefault("KEEPALIVED", "keepalived");

  private Keepalived() {}

  static List<String> command(Path config) {
    return List.of(
        BINARY, "-n", "-l", "-f", config.toString(), "-p", config + ".pid", "-r", config + ".vrrp");
  }

  /** Whether it has that setting of an instance. */
  static boolean knows(String setting) {
    try {
      Path config = Files.createTempFile("tlvip", ".conf");
      Files.writeString(
          config,
          """
          vrrp_instance VI_1 {
              interface lo
              virtual_router_id 51
              version 3
              %s
              virtual_ipaddress {
                  10.77.0.210
              }
          }
          """
              .formatted(setting));
      Process process =
          new ProcessBuilder(BINARY, "-t", "-f", config.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      Files.delete(config);
      return !output.contains(setting);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
