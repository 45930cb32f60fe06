package io.trunkline.config;

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
    in.sections("clusters", Sections.CLUSTER).forEach(cluster -> key(cluster, "sentinel"));
  }

  private void key(MappingReader in, String key) {
    if (in.has(key)) {
      problem(in, key, "is " + SENTENCE + "; remove it");
    }
  }

  private void problem(MappingReader in, String key, String message) {
    problems.add(in.at(key), in.path(key), message);
  }
}
