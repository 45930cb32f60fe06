package io.trunkline.config;

import java.net.InetAddress;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hosts, ports, addresses and networks as text. Never asks the name service. */
final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*)(\\.[A-Za-z0-9_][A-Za-z0-9_-]*)*\\.?");
  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([^\\[\\]]*)\\]|([^:\\[\\]]*))(?::(.*))?");

  private Addresses() {}

  /** {@code host:port} or {@code [IPv6]:port}; without a port where there is a default for it. */
  static HostPort hostPort(String text, OptionalInt defaultPort) throws NotUnderstood {
    if (text.indexOf(':') != text.lastIndexOf(':') && IPV6.matcher(text).matches()) {
      throw new NotUnderstood(
          Shown.of(text) + " is ambiguous; an IPv6 address is in brackets, as in [::1]:5432");
    }
    if (text.contains("://")) {
      throw new NotUnderstood(Shown.of(text) + " is a URL; write host:port");
    }
    Matcher parts = HOST_PORT.matcher(text);
    if (!parts.matches()) {
      throw new NotUnderstood(Shown.of(text) + " is not host:port");
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    if (parts.group(1) != null) {
      address(host.replaceFirst("%[A-Za-z0-9_.-]{1,15}$", ""));
    } else {
      checkHost(text, host);
    }
    if (parts.group(3) == null) {
      return new HostPort(
          host,
          defaultPort.orElseThrow(
              () -> new NotUnderstood(Shown.of(text) + " has no port; write " + text + ":PORT")));
    }
    return new HostPort(host, port(parts.group(3)));
  }

  /** A host's name, or its IPv4 address, without a port. */
  static String hostName(String text) throws NotUnderstood {
    if (!NAME.matcher(text).matches()) {
      throw new NotUnderstood(
          Shown.of(text)
              + " is not a host name; write each name in full, without a port, as in"
              + " proxy-01.example.org");
    }
    return text;
  }

  static int port(String text) throws NotUnderstood {
    if (!text.matches("\\d{1,9}")) {
      throw new NotUnderstood("port " + Shown.of(text) + " is not a number");
    }
    int port = Integer.parseInt(text);
    if (port > 65_535) {
      throw new NotUnderstood("port " + port + " is not between 1 and 65535");
    }
    return port;
  }

  /** An IPv4 or IPv6 literal. */
  static InetAddress address(String text) throws NotUnderstood {
    if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        // Said below.
      }
    }
    throw new NotUnderstood(Shown.of(text) + " is not an IPv4 or IPv6 address");
  }

  /** {@code address/bits}; an address alone is the network of only itself. */
  static Cidr cidr(String text) throws NotUnderstood {
    int slash = text.indexOf('/');
    InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
    int most = address.getAddress().length * 8;
    if (slash < 0) {
      return new Cidr(address, most);
    }
    String bits = text.substring(slash + 1);
    if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > most) {
      throw new NotUnderstood(
          Shown.of(text) + ": the part after / must be a number of bits from 0 to " + most);
    }
    return new Cidr(address, Integer.parseInt(bits));
  }

  private static void checkHost(String text, String host) throws NotUnderstood {
    if (host.isEmpty()) {
      throw new NotUnderstood(Shown.of(text) + " has no host before the port");
    }
    if (NUMERIC.matcher(host).matches() && !IPV4.matcher(host).matches()) {
      throw new NotUnderstood(
          text.equals(host)
              ? Shown.of(text) + " is not host:port"
              : Shown.of(host) + " is not an IPv4 address");
    }
    if (host.equals(ConfigLoader.CHANGE_ME)) {
      throw new NotUnderstood(Shown.of(host) + " is to be filled in; write a host or an address");
    }
    if (!NAME.matcher(host).matches()) {
      throw new NotUnderstood(Shown.of(host) + " is neither an address nor a host name");
    }
  }
}
