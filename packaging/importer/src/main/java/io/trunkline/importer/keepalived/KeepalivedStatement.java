package io.trunkline.importer.keepalived;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A keyword of keepalived.conf with its parameters and, in braces, its block.
 *
 * @param line the keyword first
 * @param body what is in the braces; empty without
 */
record KeepalivedStatement(Line line, List<KeepalivedStatement> body) {
  /** Those of a file that stand in no block. */
  static List<KeepalivedStatement> parse(List<Line> lines, Remarks remarks) throws Unparsable {
    var parser = new Parser(remarks);
    for (Line line : lines) {
      parser.read(line);
    }
    if (!parser.open.isEmpty()) {
      KeepalivedStatement block = parser.open.getLast();
      throw new Unparsable(
          block.place(),
          "the block " + Text.shown(block.keyword()) + " that begins here is never closed");
    }
    return parser.top;
  }

  Place place() {
    return line.place();
  }

  String keyword() {
    return line.word(0);
  }

  /** The parameter at that place, from 1, or an empty text. */
  String word(int index) {
    return line.word(index);
  }

  /** Every statement of the body with that keyword. */
  Stream<KeepalivedStatement> all(String keyword) {
    return body.stream().filter(it -> it.keyword().equals(keyword));
  }

  /** What is in every block with that keyword; they count together. */
  List<KeepalivedStatement> entries(String keyword) {
    return all(keyword).flatMap(block -> block.taken(1).body.stream()).toList();
  }

  /** The last statement of the body with that keyword; it overrides the others. */
  Optional<KeepalivedStatement> last(String keyword) {
    List<KeepalivedStatement> all = all(keyword).toList();
    all.stream().limit(Math.max(0, all.size() - 1)).forEach(KeepalivedStatement::takeAll);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** So many of its words count. */
  KeepalivedStatement taken(int count) {
    line.takeFirst(count);
    return this;
  }

  /** Nothing is made of it, or something as a whole: nothing in it is told. */
  void takeAll() {
    line.takeAll();
    body.forEach(KeepalivedStatement::takeAll);
  }

  /** The first parameter of the last statement with that keyword. */
  Optional<String> value(String keyword) {
    return last(keyword).map(it -> it.taken(2).word(1)).filter(it -> !it.isEmpty());
  }

  /** Builds statements from the lines of a file. */
  private static final class Parser {
    private static final int DEEPEST = 20;

    private final List<KeepalivedStatement> top = new ArrayList<>();
    private final List<KeepalivedStatement> open = new ArrayList<>();
    private final Remarks remarks;

    private Parser(Remarks remarks) {
      this.remarks = remarks;
    }

    private void read(Line line) throws Unparsable {
      List<String> words = new ArrayList<>();
      for (String word : line.words()) {
        switch (word) {
          case "{" -> {
            add(line.place(), words);
            open(line.place());
          }
          case "}" -> {
            add(line.place(), words);
            if (open.isEmpty()) {
              remarks.lost(line.place(), "}: it closes nothing");
            } else {
              open.removeLast();
            }
          }
          default -> words.add(word);
        }
      }
      add(line.place(), words);
    }

    private List<KeepalivedStatement> body() {
      return open.isEmpty() ? top : open.getLast().body();
    }

    private void add(Place at, List<String> words) {
      if (!words.isEmpty()) {
        body().add(new KeepalivedStatement(new Line(at, words), new ArrayList<>()));
        words.clear();
      }
    }

    /** The block is that of the statement before it, on whatever line that stands. */
    private void open(Place at) throws Unparsable {
      if (body().isEmpty()) {
        body().add(new KeepalivedStatement(new Line(at, List.of("{")), new ArrayList<>()));
      }
      if (open.size() == DEEPEST) {
        throw new Unparsable(at, "blocks are nested more than " + DEEPEST + " deep");
      }
      open.add(body().getLast());
    }
  }
}
