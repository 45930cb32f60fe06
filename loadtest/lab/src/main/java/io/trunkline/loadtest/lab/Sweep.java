package io.trunkline.loadtest.lab;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Removes what crashed runs left behind; labs of JVMs that still run are left alone. */
final class Sweep {
  private static final Object ONE_AT_A_TIME = new Object();

  private final DockerClient docker;

  Sweep(DockerClient docker) {
    this.docker = docker;
  }

  void run() {
    synchronized (ONE_AT_A_TIME) {
      sweep();
    }
  }

  private void sweep() {
    List<Container> containers =
        docker.listContainersCmd().withShowAll(true).withLabelFilter(List.of(Owner.LABEL)).exec();
    containers.stream()
        .filter(c -> orphaned(c.getLabels()))
        .forEach(c -> quietly(() -> remove(docker, c.getId())));
    List<Network> networks =
        docker.listNetworksCmd().withFilter("label", List.of(Owner.LABEL)).exec();
    networks.stream()
        .filter(n -> orphaned(n.getLabels()))
        .forEach(n -> quietly(() -> docker.removeNetworkCmd(n.getId()).exec()));
    for (Path directory : HostDirectory.all()) {
      if (HostDirectory.abandoned(directory)) {
        deleteTree(directory);
      }
    }
  }

  static void remove(DockerClient docker, String container) {
    docker.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
  }

  static void deleteTree(Path root) {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new LabException("cannot delete " + root, e);
    }
  }

  private static boolean orphaned(Map<String, String> labels) {
    return !Owner.parse(labels.get(Owner.LABEL)).alive();
  }

  /** Another run's sweep may have been faster. */
  private static void quietly(Runnable removal) {
    try {
      removal.run();
    } catch (DockerException e) {
      System.Logger log = System.getLogger(Sweep.class.getName());
      log.log(System.Logger.Level.DEBUG, "already swept", e);
    }
  }
}
