package io.trunkline.loadtest.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Peer;
import io.trunkline.loadtest.lab.ProxyNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A VIP that the Trunkline nodes of a lab share. */
public record VirtualAddress(String address) implements Peer {
  private static final String FILE = "etc/trunkline.yaml";

  /** Gives the lab's proxies a VIP and restarts them. */
  public static VirtualAddress enable(Lab lab) {
    return enable(lab, "mode: vrrp");
  }

  /** As {@link #enable(Lab)}, with more keys of the VIP. */
  public static VirtualAddress enable(Lab lab, String keys) {
    String address = lab.spareAddress(1);
    for (ProxyNode proxy : lab.proxies()) {
      configure(
          proxy,
          """
          vips:
            - {name: main, interface: eth0, addresses: [%s/24], %s}
          """
              .formatted(address, keys));
      proxy.restart();
    }
    return new VirtualAddress(address);
  }

  /** Takes it away again. */
  public static void disable(Lab lab) {
    for (ProxyNode proxy : lab.proxies()) {
      configure(proxy, "");
      proxy.restart();
    }
  }

  /** Replaces the {@code vips} section of a node's file; takes effect when it starts. */
  public static void configure(ProxyNode proxy, String vips) {
    Path file = proxy.file(FILE);
    try {
      proxy.configure(Files.readString(file).replaceAll("(?s)\nvips:.*", "\n") + vips);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The node that says it has the address. */
  public Optional<ProxyNode> holder(Lab lab) {
    return lab.proxies().stream().filter(VirtualAddress::isMaster).findFirst();
  }

  private static boolean isMaster(ProxyNode proxy) {
    try {
      JsonNode state = proxy.status().path("vips").path(0).path("state");
      return state.asText().equals("master");
    } catch (LabException e) {
      return false; // it does not run
    }
  }

  @Override
  public String name() {
    return "vip";
  }
}
