package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Lab;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Configuration files as users have them, of which only what names a machine is the lab's: host
 * names, addresses, the interface, the names of the cluster and its members.
 *
 * @param vip what stands for their virtual address
 */
record UserFiles(Lab lab, String vip) {
  private static final String[] DOCKER = {
    "patroni-master:", "patroni-replica1:", "patroni-replica2:"
  };

  String text(String name) {
    try (InputStream in = Objects.requireNonNull(UserFiles.class.getResourceAsStream(name), name)) {
      return adapt(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same for what a page says about them. */
  String adapt(String text) {
    String adapted =
        text.replace("postgresql-cluster", "lab")
            .replace("postgres-cluster", "lab")
            .replace("/db/", "/service/")
            .replace("enp0s3", "eth0")
            .replace("/service/zabbix/", "/service/lab/")
            .replace("192.168.0.210", vip)
            .replace("192.168.0.123", vip);
    for (int number = 1; number <= 3; number++) {
      String member = lab.member(number).address();
      adapted =
          adapted
              .replace("192.168.0.20" + (number + 2), member)
              .replace("10.0.0.11" + (number - 1), member)
              .replace(DOCKER[number - 1], member + ":")
              .replace("postgresql-0" + number, lab.member(number).name())
              .replace("192.168.0.20" + (number - 1), lab.proxy(number).address())
              .replace("haproxy-0" + number, lab.proxy(number).name());
    }
    return adapted;
  }
}
