package io.trunkline.loadtest.lab;

import java.nio.file.Path;

/**
 * A machine of its own, with its own ARP table, for clients and observers. It has a JDK, the
 * classes of lab and bench in {@code /opt/loadtest}, the daemon's libraries in {@code
 * /opt/trunkline/lib} and the programs of {@code loadtest/lab/clients}; it runs what {@link #job}
 * gives it.
 */
public final class Station extends Node {
  /** Where the classes of each module are. */
  static final String CLASSES = "/opt/loadtest/";

  /** Where the client programs are. */
  public static final String PROGRAMS = "/opt/clients";

  Station(String name, String address, Path directory, Machine machine) {
    super(name, address, directory, machine);
  }

  /** The command line of a class of lab or bench in this machine. */
  public String java(String mainClass, String arguments) {
    return "exec /opt/jdk/bin/java -XX:+UseSerialGC -Xmx64m --enable-native-access=ALL-UNNAMED"
        + " -cp '/opt/loadtest/lab:/opt/loadtest/bench:/opt/trunkline/lib/*' "
        + mainClass
        + " "
        + arguments;
  }
}
