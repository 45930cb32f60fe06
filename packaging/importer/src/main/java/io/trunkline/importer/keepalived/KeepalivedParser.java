package io.trunkline.importer.keepalived;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.List;

/** Builds the statements of keepalived.conf from its lines. */
final class KeepalivedParser {
  private static final int DEEPEST = 20;

  private final List<KeepalivedStatement> top = new ArrayList<>();
  private final List<KeepalivedStatement> open = new ArrayList<>();
  private final Remarks remarks;

  private KeepalivedParser(Remarks remarks) {
    this.remarks = remarks;
  }

  static List<KeepalivedStatement> parse(List<Line> lines, Remarks remarks) throws Unparsable {
    var parser = new KeepalivedParser(remarks);
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
