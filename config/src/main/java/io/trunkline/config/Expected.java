package io.trunkline.config;

import java.util.List;

/** What to say when a part of the file has the wrong shape. Never shows the value. */
final class Expected {
  private Expected() {}

  static String mapping(Section<?> section, Node found) {
    List<String> first = section.names().subList(0, Math.min(3, section.names().size()));
    String more = section.names().size() > first.size() ? ", …" : "";
    return shape("a mapping (" + String.join(", ", first) + more + ")", found);
  }

  static String listOf(Section<?> section, Node found) {
    return shape("a list (- " + section.names().getFirst() + ": …)", found);
  }

  private static String shape(String wanted, Node found) {
    return found instanceof Node.Scalar scalar && scalar.isNull()
        ? "has no value; give " + wanted + ", or remove the key"
        : "must be " + wanted + ", not " + found.kind();
  }
}
