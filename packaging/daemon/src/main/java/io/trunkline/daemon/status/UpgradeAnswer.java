package io.trunkline.daemon.status;

import org.jspecify.annotations.Nullable;

/**
 * What a request to upgrade came to.
 *
 * @param upgraded whether a new process serves now
 * @param process its number; 0: there is none
 * @param version of the program that serves now; null where nothing changed
 * @param sessions how many stay with the old process
 * @param failure why not; empty where it did
 */
public record UpgradeAnswer(
    boolean upgraded, long process, @Nullable String version, int sessions, String failure) {
  /** Nothing has changed. */
  public static UpgradeAnswer failed(String why) {
    return new UpgradeAnswer(false, 0, null, 0, why);
  }
}
