package io.trunkline.importer.common;

import io.trunkline.importer.common.Remark.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects remarks. The same one about several lines of a file is one remark. */
public final class Remarks {
  /** Nobody reads more, and a hostile file shall not fill the memory. */
  static final int LIMIT = 1000;

  private static final int MOST_LINES = 50;

  private final Map<Said, List<Integer>> linesBySaid = new LinkedHashMap<>();
  private int unlisted;

  private record Said(Kind kind, String file, String message) {}

  public void missing(Place at, String message, Object... shown) {
    add(Kind.MISSING, at, message, shown);
  }

  public void lost(Place at, String message, Object... shown) {
    add(Kind.LOST, at, message, shown);
  }

  public void changed(Place at, String message, Object... shown) {
    add(Kind.CHANGED, at, message, shown);
  }

  public void replaced(Place at, String message, Object... shown) {
    add(Kind.REPLACED, at, message, shown);
  }

  public void add(Place at, Note note) {
    add(note.kind(), at, note.message());
  }

  /** Where the message has {@code %s}, the next of those is shown. */
  private void add(Kind kind, Place at, String message, Object... shown) {
    Object[] texts = Arrays.stream(shown).map(it -> Text.shown(it.toString())).toArray();
    String told = shown.length == 0 ? message : message.formatted(texts);
    var said = new Said(kind, at.file(), Text.printable(told));
    List<Integer> lines = linesBySaid.get(said);
    if (lines != null) {
      if (lines.size() < MOST_LINES && !lines.contains(at.line())) {
        lines.add(at.line());
      }
    } else if (linesBySaid.size() < LIMIT) {
      linesBySaid.put(said, new ArrayList<>(List.of(at.line())));
    } else {
      unlisted++;
    }
  }

  /** The most urgent kind first, and then in the order of the files. */
  public List<Remark> sorted() {
    List<Remark> remarks = new ArrayList<>();
    linesBySaid.forEach(
        (said, lines) -> {
          List<Integer> ordered = lines.stream().sorted().toList();
          remarks.add(
              new Remark(
                  said.kind(),
                  said.file(),
                  ordered.getFirst(),
                  ordered.subList(1, ordered.size()),
                  said.message()));
        });
    remarks.sort(
        Comparator.comparing(Remark::kind)
            .thenComparing(Remark::file)
            .thenComparingInt(Remark::line));
    if (unlisted > 0) {
      Remark last = remarks.getLast();
      remarks.add(
          new Remark(
              Kind.LOST, last.file(), last.line(), List.of(), "and " + unlisted + " more remarks"));
    }
    return remarks;
  }
}
