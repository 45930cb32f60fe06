package io.trunkline.loadtest.lab;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * One container of the lab's image with a fixed address. {@code TRUNKLINE_LAB_CGROUP} in the
 * environment names the control group that it belongs to: one with more shares of the processors
 * keeps what else the host does out of measurements. {@code TRUNKLINE_LAB_JAVA_OPTS} is what its
 * daemon finds as {@code TRUNKLINE_JAVA_OPTS}.
 */
final class Machine {
  private static final long PERIOD_MICROSECONDS = 100_000;

  private final GenericContainer<?> container;
  private final String name;

  Machine(String image, String name, String address, Subnet subnet, List<Bind> mounts) {
    this.name = name;
    String options = System.getenv("TRUNKLINE_LAB_JAVA_OPTS");
    this.container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withNetwork(subnet.network())
            .withLabels(Map.of(Owner.LABEL, Owner.self().toString()))
            .withEnv(options == null ? Map.of() : Map.of("TRUNKLINE_JAVA_OPTS", options))
            .withCreateContainerCmdModifier(command -> shape(command, name, address, mounts));
  }

  static Bind mount(Path host, String inside) {
    return Bind.parse(host + ":" + inside);
  }

  static Bind readOnly(Path host, String inside) {
    return Bind.parse(host + ":" + inside + ":ro");
  }

  private static void shape(
      CreateContainerCmd command, String name, String address, List<Bind> mounts) {
    HostConfig host = command.getHostConfig();
    if (host == null) {
      throw new LabException("no host configuration for " + name);
    }
    // Docker's machines forward; a proxy node does not, and must not hide a stale ARP entry by it.
    host.withCapAdd(Capability.NET_ADMIN, Capability.NET_RAW)
        .withBinds(mounts)
        .withSysctls(Map.of("net.ipv4.ip_forward", "0"));
    String cgroup = System.getenv("TRUNKLINE_LAB_CGROUP");
    if (cgroup != null) {
      host.withCgroupParent(cgroup);
    }
    command.withHostName(name).withIpv4Address(address);
  }

  void create() {
    container.start();
  }

  String exec(String... command) {
    try {
      ExecResult result = container.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new LabException(
            name
                + ": "
                + String.join(" ", command)
                + ": exit "
                + result.getExitCode()
                + ": "
                + result.getStdout()
                + result.getStderr());
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new LabException(name + ": " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  /** So much of a processor, 1.0 being one; the kernel stops it for the rest of each period. */
  void limitProcessors(double processors) {
    docker()
        .updateContainerCmd(id())
        .withCpuPeriod(PERIOD_MICROSECONDS)
        .withCpuQuota((long) (processors * PERIOD_MICROSECONDS))
        .exec();
  }

  boolean running() {
    return Boolean.TRUE.equals(docker().inspectContainerCmd(id()).exec().getState().getRunning());
  }

  /** Power off: every process dies at once, the network namespace goes. */
  void kill() {
    docker().killContainerCmd(id()).exec();
  }

  /** Power on, with the same address and data. */
  void start() {
    try {
      docker().startContainerCmd(id()).exec();
    } catch (NotModifiedException alreadyRunning) {
      return;
    }
  }

  void remove() {
    if (container.getContainerId() != null) {
      Sweep.remove(docker(), id());
    }
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }

  private String id() {
    return container.getContainerId();
  }
}
