package io.trunkline.loadtest.lab;

import java.util.Arrays;
import java.util.Locale;

/** The Patroni, PostgreSQL and etcd of one release of Debian: the image that machines run. */
public enum Stack {
  /** Patroni 3.0, PostgreSQL 15, etcd 3.4. */
  DEBIAN12(15, false),
  /** Patroni 4.0, PostgreSQL 17, etcd 3.5. */
  DEBIAN13(17, true);

  private static final String VARIABLE = "TRUNKLINE_LAB_STACK";

  private final int postgres;
  private final boolean beforeStop;

  Stack(int postgres, boolean beforeStop) {
    this.postgres = postgres;
    this.beforeStop = beforeStop;
  }

  /** The one that {@value #VARIABLE} in the environment names; without it Debian 12's. */
  static Stack chosen() {
    String name = System.getenv(VARIABLE);
    if (name == null || name.isEmpty()) {
      return DEBIAN12;
    }
    return Arrays.stream(values())
        .filter(stack -> stack.id().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new LabException(VARIABLE + " is " + name + ": debian12 and debian13 are known"));
  }

  /** Its name for prepare.sh. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** PostgreSQL's major version. */
  int postgres() {
    return postgres;
  }

  /** Whether its Patroni knows {@code before_stop}, as 3.0.3 and later do. */
  boolean beforeStop() {
    return beforeStop;
  }
}
