package io.trunkline.loadtest.lab;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A machine that systemd runs, to install the Debian package on. */
public final class ServiceHost implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final GenericContainer<?> container =
      new GenericContainer<>(DockerImageName.parse(Project.systemdImage()))
          .withLabels(Map.of(Owner.LABEL, Owner.self().toString()))
          .withTmpFs(Map.of("/run", "rw", "/run/lock", "rw"))
          .withCreateContainerCmdModifier(ServiceHost::shape);

  private ServiceHost() {}

  /** Boots it, alone on Docker's own network. */
  public static ServiceHost boot() {
    new Sweep(DockerClientFactory.instance().client()).run();
    return new ServiceHost().booted();
  }

  /** Boots it, on the network of a lab. */
  static ServiceHost boot(Subnet subnet, String address) {
    ServiceHost host = new ServiceHost();
    host.container
        .withNetwork(subnet.network())
        .withCreateContainerCmdModifier(command -> command.withIpv4Address(address));
    return host.booted();
  }

  private ServiceHost booted() {
    ServiceHost host = this;
    host.container.start();
    Await.until(
        "systemd has booted",
        SOON,
        () -> host.run("systemctl", "is-system-running").stdout().strip().equals("running"));
    return host;
  }

  /** systemd mounts what sandboxes its services, and makes control groups for them. */
  private static void shape(CreateContainerCmd command) {
    HostConfig host = command.getHostConfig();
    if (host == null) {
      throw new LabException("no host configuration for the machine of systemd");
    }
    host.withCapAdd(Capability.SYS_ADMIN, Capability.NET_ADMIN, Capability.NET_RAW)
        .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"))
        .withBinds(Machine.mount(Path.of("/sys/fs/cgroup"), "/sys/fs/cgroup"));
  }

  /** What a command said, and how it ended. */
  public record Ended(int exitCode, String stdout, String stderr) {}

  /** Builds the Debian package of the built daemon and puts it on the machine. */
  public String copyPackage() {
    Path built = Project.debianPackage();
    String inside = "/root/" + built.getFileName();
    container.copyFileToContainer(MountableFile.forHostPath(built), inside);
    return inside;
  }

  /** Runs a command as root, whatever comes of it. */
  public Ended run(String... command) {
    try {
      ExecResult result = container.execInContainer(command);
      return new Ended(result.getExitCode(), result.getStdout(), result.getStderr());
    } catch (IOException e) {
      throw new LabException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  /** Runs a line of shell as root; fails unless it exits with 0. Returns its output. */
  public String sh(String line) {
    Ended ended = run("bash", "-c", line);
    if (ended.exitCode() != 0) {
      throw new LabException(line + ": exit " + ended.exitCode() + ": " + ended);
    }
    return ended.stdout().strip();
  }

  /** Replaces the text of a file; its owner and mode stay. */
  public void write(String path, String text) {
    container.copyFileToContainer(
        Transferable.of(text.getBytes(StandardCharsets.UTF_8)), "/root/new");
    sh("mkdir -p $(dirname %1$s) && cat /root/new > %1$s".formatted(path));
  }

  /** Waits; fails when it has not come true in 30 s. */
  public void await(String what, BooleanSupplier condition) {
    Await.until(what, SOON, condition);
  }

  /** A property of the service, as {@code systemctl show} has it. */
  public String property(String name) {
    return sh("systemctl show trunkline --value -p " + name);
  }

  @Override
  public void close() {
    container.stop();
  }
}
