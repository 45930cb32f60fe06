package io.trunkline.loadtest.lab;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam;
import java.util.Map;
import java.util.Random;
import org.testcontainers.containers.Network;

/** A network of the lab's own: a /24 that nothing else on this machine uses, fixed addresses. */
final class Subnet {
  private static final int ATTEMPTS = 20;

  private final String prefix;
  private final Network network;

  private Subnet(String prefix, Network network) {
    this.prefix = prefix;
    this.network = network;
  }

  static Subnet create() {
    int start = new Random().nextInt(256);
    DockerException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      String prefix = "10.77." + (start + i) % 256 + ".";
      try {
        Network network = network(prefix);
        network.getId(); // Testcontainers creates it here
        return new Subnet(prefix, network);
      } catch (DockerException taken) {
        last = taken;
      }
    }
    throw new LabException("no free subnet in 10.77.0.0/16", last == null ? null : last);
  }

  private static Network network(String prefix) {
    Ipam ipam =
        new Ipam()
            .withConfig(new Ipam.Config().withSubnet(prefix + "0/24").withGateway(prefix + "1"));
    return Network.builder()
        .createNetworkCmdModifier(
            command ->
                command.withIpam(ipam).withLabels(Map.of(Owner.LABEL, Owner.self().toString())))
        .build();
  }

  Network network() {
    return network;
  }

  /** The test JVM's address on this network. */
  String gateway() {
    return prefix + "1";
  }

  String member(int number) {
    return prefix + (10 + number);
  }

  String proxy(int number) {
    return prefix + (20 + number);
  }

  String station(int number) {
    return prefix + (40 + number);
  }

  /** An address that no container has: for virtual IPs. */
  String spare(int number) {
    return prefix + (100 + number);
  }

  void remove() {
    network.close();
  }
}
