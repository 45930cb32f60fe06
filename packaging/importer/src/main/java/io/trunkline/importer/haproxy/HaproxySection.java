package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import java.util.List;

/**
 * A section of haproxy.cfg.
 *
 * @param head the line that it begins with
 * @param kind the word it begins with
 * @param name empty where it has none
 * @param parent the defaults that it names with {@code from}, or empty
 */
record HaproxySection(Line head, String kind, String name, String parent, List<Line> lines) {
  HaproxySection {
    lines = List.copyOf(lines);
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
}
