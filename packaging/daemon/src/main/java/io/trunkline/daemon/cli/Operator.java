package io.trunkline.daemon.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Who is at the keyboard, sudo or not. */
final class Operator {
  private Operator() {}

  /** For a parameter of a path. */
  static String encoded(Map<String, String> environment) {
    String name = environment.getOrDefault("SUDO_USER", System.getProperty("user.name"));
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }
}
