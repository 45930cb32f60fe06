package io.trunkline.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds listening addresses that cannot be bound side by side. */
final class Binds {
  private final List<Bind> binds = new ArrayList<>();

  private record Bind(Position at, String path, HostPort where) {
    /** The later one of a pair is the one to complain about. */
    boolean isBefore(Bind other) {
      return at.line() != other.at.line()
          ? at.line() < other.at.line()
          : at.column() < other.at.column();
    }
  }

  void add(Position at, String path, HostPort where) {
    binds.add(new Bind(at, path, where));
  }

  void check(Problems problems) {
    for (int i = 0; i < binds.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (overlap(binds.get(i).where, binds.get(j).where)) {
          report(problems, binds.get(i), binds.get(j));
        }
      }
    }
  }

  private static void report(Problems problems, Bind one, Bind other) {
    Bind later = one.isBefore(other) ? other : one;
    Bind earlier = one.isBefore(other) ? one : other;
    problems.add(
        later.at,
        later.path,
        "%s overlaps %s (%s%s); use another port or address"
            .formatted(
                later.where,
                earlier.path,
                earlier.where,
                earlier.at.line() > 0 ? ", line " + earlier.at.line() : ""));
  }

  /** Whether the kernel would refuse the second one with "address already in use". */
  static boolean overlap(HostPort one, HostPort other) {
    if (one.port() != other.port() || one.port() == 0) {
      return false;
    }
    InetAddress a = literal(one.host());
    InetAddress b = literal(other.host());
    if (a == null || b == null) {
      return sameName(one.host(), a, other.host(), b);
    }
    // [::] takes IPv4 connections as well; 0.0.0.0 does not take IPv6 ones.
    boolean sameFamily = a.getAddress().length == b.getAddress().length;
    return a.equals(b) || takesAll(a, sameFamily) || takesAll(b, sameFamily);
  }

  private static boolean takesAll(InetAddress address, boolean sameFamily) {
    return address.isAnyLocalAddress() && (sameFamily || address.getAddress().length == 16);
  }

  private static boolean sameName(
      String one, @Nullable InetAddress a, String other, @Nullable InetAddress b) {
    boolean wildcard = (a != null && a.isAnyLocalAddress()) || (b != null && b.isAnyLocalAddress());
    boolean loopback =
        (a == null ? one.equals("localhost") : a.isLoopbackAddress())
            && (b == null ? other.equals("localhost") : b.isLoopbackAddress());
    return wildcard
        || loopback
        || one.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return Addresses.address(host);
    } catch (NotUnderstood e) {
      return null;
    }
  }
}
