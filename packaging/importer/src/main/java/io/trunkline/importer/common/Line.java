package io.trunkline.importer.common;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A line in words, without quotes and comments; at least one word. Whoever makes something of a
 * word, or tells what became of it, takes it. What nobody has taken had no effect.
 */
public final class Line {
  private final Place place;
  private final List<String> words;
  private final BitSet taken = new BitSet();

  /**
   * @param words of haproxy.cfg, where an environment variable is not known here, <code>${NAME}
   *     </code> stays
   */
  public Line(Place place, List<String> words) {
    this.place = place;
    this.words = List.copyOf(words);
  }

  public Place place() {
    return place;
  }

  public List<String> words() {
    return words;
  }

  /** The word at that place, or an empty one. */
  public String word(int index) {
    return index < words.size() ? words.get(index) : "";
  }

  public List<String> from(int index) {
    return words.subList(Math.min(index, words.size()), words.size());
  }

  /** Whether it begins with these words. */
  public boolean begins(String... expected) {
    return words.size() >= expected.length
        && words.subList(0, expected.length).equals(List.of(expected));
  }

  /** The last of these lines that begins so; it overrides the others. */
  public static Optional<Line> last(List<Line> lines, String... beginning) {
    List<Line> found = lines.stream().filter(line -> line.begins(beginning)).toList();
    found.stream().limit(Math.max(0, found.size() - 1)).forEach(Line::takeAll);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
  }

  /** The word at that place, or an empty one; it counts. */
  public String take(int index) {
    taken.set(index);
    return word(index);
  }

  /** Its first words count. */
  public Line takeFirst(int count) {
    taken.set(0, count);
    return this;
  }

  public void takeAll() {
    taken.set(0, words.size());
  }

  public boolean isTaken(int index) {
    return taken.get(index);
  }

  /** Tells what nobody has taken, each word to the end of its first line. */
  public void tellLeft(Remarks remarks) {
    String left =
        IntStream.range(1, words.size())
            .filter(index -> !taken.get(index))
            .mapToObj(index -> words.get(index).lines().findFirst().orElse(""))
            .collect(Collectors.joining(" "));
    if (!left.isEmpty() || !taken.get(0)) {
      String told = Note.noEffect(Text.shown(words.getFirst())).message();
      remarks.lost(place, left.isEmpty() ? told : told + ": " + Text.shown(left));
    }
  }
}
