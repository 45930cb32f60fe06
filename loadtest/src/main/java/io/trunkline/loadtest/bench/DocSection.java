package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page that a command writes: between {@code <!-- NAME -->} and {@code <!-- /NAME
 * -->}.
 */
final class DocSection {
  private DocSection() {}

  static void write(String page, String name, String text) throws IOException {
    Path file = Project.loadtest().resolveSibling("docs").resolve(page);
    String old = Files.readString(file);
    String begin = "<!-- " + name + " -->";
    String end = "<!-- /" + name + " -->";
    int from = old.indexOf(begin);
    int to = old.indexOf(end);
    if (from < 0 || to < from) {
      throw new LabException(file + " has no place for " + name + ": add " + begin + " and " + end);
    }
    Files.writeString(
        file, old.substring(0, from + begin.length()) + "\n" + text + old.substring(to));
  }
}
