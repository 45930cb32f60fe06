package io.trunkline.config;

import java.util.List;

/**
 * What the file has words for and this version cannot do: it is refused where it is asked for, not
 * ignored. A feature that arrives deletes its line here and in the manual.
 */
final class NotYet {
  private static final String SENTENCE = "not in this version yet";

  private final Problems problems;

  private NotYet(Problems problems) {
    this.problems = problems;
  }

  /** Reports each such place. What is wrong with the file otherwise is not said again. */
  static void report(Context context, Node root) {
    Context unheard =
        new Context(
            new Problems(""), context.substitution(), context.directory(), context.machine());
    new NotYet(context.problems()).root(MappingReader.open(unheard, Sections.ROOT, root, ""));
  }

  private void root(MappingReader in) {
    in.sections("listeners", Sections.LISTENER).forEach(this::listener);
    in.sections("vips", Sections.VIP)
        .forEach(vip -> words(vip, "mode", "write vrrp", List.of("etcd", "leader")));
  }

  private void listener(MappingReader in) {
    MappingReader tls = in.sectionOrEmpty("tls", Sections.TLS);
    words(tls, "mode", "write passthrough", List.of("terminate"));
    if (tls.flag("require", false)) {
      problem(tls, "require", "true is " + SENTENCE + "; remove it");
    }
    List<String> tlsToMembers = List.of("require", "verify_ca", "verify_full");
    if (in.node("backend_tls").filter(Node.Scalar.class::isInstance).isPresent()) {
      words(in, "backend_tls", "remove it", tlsToMembers);
    } else {
      MappingReader backend = in.sectionOrEmpty("backend_tls", Sections.BACKEND_TLS);
      words(backend, "mode", "remove backend_tls", tlsToMembers);
    }
    key(in.sectionOrEmpty("proxy_protocol", Sections.PROXY_PROTOCOL), "from");
  }

  private void key(MappingReader in, String key) {
    if (in.has(key)) {
      problem(in, key, "is " + SENTENCE + "; remove it");
    }
  }

  private void words(MappingReader in, String key, String instead, List<String> refused) {
    in.value(key)
        .map(Value::text)
        .filter(refused::contains)
        .ifPresent(word -> problem(in, key, word + " is " + SENTENCE + "; " + instead));
  }

  private void problem(MappingReader in, String key, String message) {
    problems.add(in.at(key), in.path(key), message);
  }
}
