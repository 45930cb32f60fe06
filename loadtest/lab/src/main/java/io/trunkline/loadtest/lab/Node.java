package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine of the lab whose processes can be broken one by one. */
public abstract sealed class Node implements Peer permits Member, ProxyNode, Station {
  private final String name;
  private final String address;
  private final Path directory;
  private final Machine machine;

  Node(String name, String address, Path directory, Machine machine) {
    this.name = name;
    this.address = address;
    this.directory = directory;
    this.machine = machine;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String address() {
    return address;
  }

  /** SIGKILL, with every process of the service. */
  public final void kill9(Service service) {
    svc("kill", service);
  }

  /** Asks the service to end (SIGTERM; a fast shutdown for PostgreSQL) and waits until it has. */
  public final void stop(Service service) {
    svc("term", service);
  }

  /** Sends SIGTERM and returns at once. */
  public final void terminate(Service service) {
    svc("signal-term", service);
  }

  /** SIGSTOP: alive, holding its connections, answering nothing. */
  public final void pause(Service service) {
    svc("pause", service);
  }

  public final void resume(Service service) {
    svc("resume", service);
  }

  public final void start(Service service) {
    svc("start", service);
  }

  public final boolean alive(Service service) {
    return !machine.exec("sh", "-c", "svc alive " + service.id() + " || true").isBlank();
  }

  /** All processes together get so much of a processor, 1.0 being one. */
  public final void limitProcessors(double processors) {
    machine.limitProcessors(processors);
  }

  /** Power off. */
  public final void killContainer() {
    machine.kill();
  }

  /** Power on: the services of this node start again, with the data they had. */
  public final void startContainer() {
    machine.start();
  }

  /** Runs a command in the node (as root); fails unless it exits with 0. Returns its output. */
  public final String exec(String... command) {
    return machine.exec(command);
  }

  /**
   * A file of this node's {@code /lab} folder, as the host sees it, also while the node is dead.
   */
  public final Path file(String path) {
    return directory.resolve(path);
  }

  /** The shell script that {@link #start} runs as this service of the node. */
  public final void job(Service service, String script) {
    String path = "etc/jobs/" + service.id();
    write(path, "#!/bin/sh\n" + script + "\n");
    if (!file(path).toFile().setExecutable(true, false)) {
      throw new LabException("cannot make executable: " + file(path));
    }
  }

  /** Writes a file of this node's {@code /lab} folder. */
  public final void write(String path, String text) {
    try {
      Files.createDirectories(file(path).getParent());
      Files.writeString(file(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  final String read(String path) {
    try {
      return Files.readString(file(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends every network fault, and runs etcd; nothing else is started. */
  final void mend() {
    if (machine.running()) {
      machine.exec("svc", "mend");
    }
  }

  /** Runs everything that belongs on this node. */
  final void heal() {
    if (!machine.running()) {
      machine.start();
    }
    machine.exec("svc", "heal");
  }

  /** Kills Patroni and PostgreSQL, if the node is powered on. */
  final void fence() {
    if (machine.running()) {
      machine.exec("svc", "fence");
    }
  }

  final Machine machine() {
    return machine;
  }

  private void svc(String verb, Service service) {
    machine.exec("svc", verb, service.id());
  }

  @Override
  public final String toString() {
    return name + " (" + address + ")";
  }
}
