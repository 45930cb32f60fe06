package io.trunkline.daemon.status;

import java.util.List;

/**
 * What a reload came to.
 *
 * @param applied whether the file holds now
 * @param changes what is different, key by key, also what needs a restart
 * @param needsRestart the keys among them that hold only after a restart
 * @param problems what is wrong with the file: then nothing has changed
 * @param failure what could not be done although the file is good: then nothing has changed either
 */
public record ReloadAnswer(
    boolean applied,
    List<String> changes,
    List<String> needsRestart,
    List<String> problems,
    String failure) {
  public ReloadAnswer {
    changes = List.copyOf(changes);
    needsRestart = List.copyOf(needsRestart);
    problems = List.copyOf(problems);
  }
}
