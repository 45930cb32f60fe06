package io.trunkline.daemon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Columns as wide as what is in them. */
final class Table {
  private final TerminalText terminal;
  private final List<List<Cell>> rows = new ArrayList<>();

  /**
   * One field.
   *
   * @param text without colours
   * @param color colours it
   */
  record Cell(String text, UnaryOperator<String> color) {}

  Table(TerminalText terminal) {
    this.terminal = terminal;
  }

  /** The names of the columns. */
  void head(List<String> names) {
    row(names.stream().map(name -> new Cell(name, terminal::dim)).toList());
  }

  /** A field without colours. */
  Cell text(String text) {
    return new Cell(terminal.plain(text), terminal::plain);
  }

  void row(List<Cell> cells) {
    rows.add(List.copyOf(cells));
  }

  String render(String indent) {
    StringBuilder lines = new StringBuilder();
    for (List<Cell> row : rows) {
      StringBuilder line = new StringBuilder(indent);
      int gap = 0;
      for (int column = 0; column < row.size(); column++) {
        Cell cell = row.get(column);
        if (!cell.text().isEmpty()) {
          line.append(" ".repeat(gap)).append(cell.color().apply(cell.text()));
          gap = 0;
        }
        gap += width(column) + 2 - length(cell);
      }
      lines.append(line).append(System.lineSeparator());
    }
    return lines.toString();
  }

  private int width(int column) {
    return rows.stream()
        .filter(row -> column < row.size())
        .mapToInt(row -> length(row.get(column)))
        .max()
        .orElse(0);
  }

  private static int length(Cell cell) {
    return cell.text().codePointCount(0, cell.text().length());
  }
}
