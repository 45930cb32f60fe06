package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.PackageOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PackagesTest extends PackageOrder {
  private static final Pattern JETCD =
      Pattern.compile("(?m)^import (?:static )?io\\.(etcd|grpc)\\.");
  private static final String MAY = "/io/trunkline/healthcheck/dcs/etcd/";

  PackagesTest() {
    super("healthcheck", "common", "patroni", "timeline", "sentinel", "rest", "dcs", "dcs.etcd");
  }

  /**
   * jetcd, and the gRPC that it brings, could be replaced without anybody else noticing (ADR 5).
   */
  @Test
  void onlyOnePackageOfAllModulesUsesJetcd() throws IOException {
    List<Path> users = new ArrayList<>();
    try (Stream<Path> found = Files.walk(Path.of(".."))) {
      for (Path file : found.filter(each -> each.toString().endsWith(".java")).toList()) {
        if (JETCD.matcher(Files.readString(file)).find()) {
          users.add(file);
        }
      }
    }
    assertThat(users).isNotEmpty().allMatch(file -> file.toString().contains(MAY));
  }
}
