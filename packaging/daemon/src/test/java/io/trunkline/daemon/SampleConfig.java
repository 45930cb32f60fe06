package io.trunkline.daemon;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.TrunklineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Configurations of the cluster main, with every port chosen by the operating system. */
public final class SampleConfig {
  private SampleConfig() {}

  /** Writes a file into that directory, where its sockets and its state are as well. */
  public static Path write(Path directory) throws IOException {
    return write(directory, "127.0.0.1:0", "127.0.0.1:0");
  }

  /** Writes a file with these addresses for the write listener and for the admin endpoint. */
  public static Path write(Path directory, String write, String admin) throws IOException {
    return Files.writeString(
        directory.resolve("trunkline.yaml"),
        """
        node: proxy-01
        clusters:
          - name: main
            scope: demo
            patroni: {hosts: ["http://127.0.0.1:1"]}
        listeners:
          - {name: write, bind: "%s", route: primary}
          - {name: read, bind: "127.0.0.1:0", route: replica, fallback: primary, max_lag: 16MB}
        admin: {bind: "%s", socket: "%s"}
        state_dir: "%s"
        drain_timeout: 2s
        warm_up: 0s
        """
            .formatted(write, admin, directory.resolve("admin.sock"), directory));
  }

  /** The same, with the VIP main on top. */
  public static Path writeWithVip(Path directory) throws IOException {
    return Files.writeString(
        write(directory),
        "vips: [{name: main, interface: lo, addresses: [192.0.2.10/32]}]\n",
        StandardOpenOption.APPEND);
  }

  /** The configuration of a file with the VIP. */
  public static TrunklineConfig withVipIn(Path directory) throws IOException {
    return read(writeWithVip(directory));
  }

  /** The configuration of such a file. */
  public static TrunklineConfig in(Path directory) throws IOException {
    return read(write(directory));
  }

  /** The configuration of that file. */
  public static TrunklineConfig read(Path file) {
    return switch (new ConfigLoader(Map.of()).load(file)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }
}
