package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A section of haproxy.cfg.
 *
 * @param head the line that it begins with
 * @param kind the word it begins with
 * @param name empty where it has none
 * @param parent the defaults that it names with {@code from}, or empty
 */
record HaproxySection(Line head, String kind, String name, String parent, List<Line> lines) {
  /** More than anybody has; what is done with them takes longer than their number. */
  static final int MOST_SECTIONS = 1000;

  static final int MOST_LINES = 5000;

  /** Stands in a section for lines that are there under a condition. */
  static final String CONDITION = ".if";

  private static final Set<String> NAMED = Set.of("defaults", "frontend", "backend", "listen");

  /** Sections of which nothing can be carried over. */
  private static final Set<String> OTHER =
      Text.words(
          """
          acme aggregations cache crt-list crt-store dynamic-update fcgi-app healthcheck
          http-errors log-forward log-profile mailers namespace_list peers program resolvers ring
          traces userlist
          """);

  private static final Line NO_HEAD =
      new Line(new Place("", 0), List.of("before the first section"));

  HaproxySection {
    lines = List.copyOf(lines);
  }

  static List<HaproxySection> of(List<Line> lines, Remarks remarks) throws Unparsable {
    var reader = new Reader(remarks);
    for (Line line : lines) {
      reader.read(line);
    }
    reader.close();
    return reader.sections;
  }

  Place place() {
    return head.place();
  }

  /** As the file has it, for comments. */
  String title() {
    return name.isEmpty() ? kind : kind + " " + name;
  }

  /** Something is made of it. */
  void take() {
    head.takeFirst(1 + (name.isEmpty() ? 0 : 1) + (parent.isEmpty() ? 0 : 2));
  }

  boolean isTaken() {
    return head.isTaken(0);
  }

  /** Nothing is made of it, or something as a whole: no line of it is told. */
  void takeAll() {
    head.takeAll();
    lines.forEach(Line::takeAll);
  }

  /** Nothing is made of it, for that reason. */
  void leaveOut(String reason, Remarks remarks) {
    takeAll();
    remarks.lost(place(), Text.shown(title()) + ": " + reason);
  }

  /** Cuts the lines of haproxy.cfg into sections. */
  private static final class Reader {
    private final Remarks remarks;
    private final List<HaproxySection> sections = new ArrayList<>();
    private final List<Line> body = new ArrayList<>();
    private Line head = NO_HEAD;
    private int conditions;
    private boolean conditionsBeginSections;

    private Reader(Remarks remarks) {
      this.remarks = remarks;
    }

    private void read(Line line) throws Unparsable {
      String first = line.word(0);
      switch (first) {
        case ".if" -> {
          if (conditions++ == 0) {
            conditionsBeginSections = false;
            remarks.missing(
                line.place(),
                ".if: conditions are not evaluated, so what is inside was left out; write the lines"
                    + " that count without it");
          }
        }
        case ".endif" -> conditions = Math.max(0, conditions - 1);
        case ".elif", ".else", ".diag", ".notice", ".warning", ".alert" -> {}
        default -> {
          boolean begins = first.equals("global") || NAMED.contains(first) || OTHER.contains(first);
          if (conditions > 0) {
            conditionsBeginSections |= begins;
            boolean again = !body.isEmpty() && body.getLast().begins(CONDITION);
            if (!conditionsBeginSections && !again) {
              var condition = new Line(line.place(), List.of(CONDITION));
              condition.takeAll();
              body.add(condition);
            }
          } else if (begins) {
            close();
            head = line;
          } else if (head.equals(NO_HEAD)) {
            remarks.lost(line.place(), "%s: stands before the first section", first);
          } else {
            if (body.size() >= MOST_LINES) {
              throw new Unparsable(
                  line.place(), "more than " + MOST_LINES + " lines in one section");
            }
            body.add(line);
          }
        }
      }
    }

    private void close() throws Unparsable {
      if (sections.size() == MOST_SECTIONS) {
        throw new Unparsable(head.place(), "more than " + MOST_SECTIONS + " sections");
      }
      if (!head.equals(NO_HEAD)) {
        sections.add(section());
      }
      body.clear();
    }

    private HaproxySection section() {
      String kind = head.word(0);
      int from = head.words().indexOf("from");
      String name = from == 1 ? "" : head.word(1);
      List<Line> lines = new ArrayList<>();
      if (!kind.equals("defaults") && NAMED.contains(kind) && from < 0 && head.words().size() > 2) {
        // Before HAProxy 1.5 the addresses stood behind the name.
        List<String> bind = new ArrayList<>(List.of("bind"));
        bind.addAll(head.from(2));
        lines.add(new Line(head.place(), bind));
        head = new Line(head.place(), List.of(kind, name));
      }
      lines.addAll(body);
      return new HaproxySection(head, kind, name, from < 0 ? "" : head.word(from + 1), lines);
    }
  }
}
