package io.trunkline.importer;

import io.trunkline.config.Problem;
import io.trunkline.importer.common.Remark;
import java.util.List;

/** What importing came to. */
public sealed interface ImportResult {

  /**
   * A configuration was made.
   *
   * @param yaml the file, with comments that say where each part is from and what is missing
   * @param remarks what could not be carried over and why, the most urgent first
   */
  record Imported(String yaml, List<Remark> remarks) implements ImportResult {
    public Imported {
      remarks = List.copyOf(remarks);
    }

    /** It may hold secrets. */
    @Override
    public String toString() {
      return "Imported[" + remarks.size() + " remarks]";
    }
  }

  /** A file could not be understood, for all these reasons; at least one. */
  record Unreadable(List<Problem> problems) implements ImportResult {
    public Unreadable {
      problems = List.copyOf(problems);
    }
  }
}
