package io.trunkline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * Follows TLS files. Whether they have changed is told by what they hold: unlike a time of
 * modification that also tells that a file can be read now, and that another one was put in its
 * place.
 */
public final class TlsWatcher {
  private final TlsFiles files;
  private final Use use;
  private volatile List<Validity> validities = List.of();
  private List<String> fingerprints = List.of();
  private boolean inUse;
  private String refused = "";

  /** Takes what the files hold into use. */
  public interface Use {
    /**
     * @throws IOException if nothing can be made of it
     */
    void accept(TlsMaterial material) throws IOException;
  }

  /** What there is to tell of the files, that was not told before. */
  public sealed interface News {
    /** Nothing; the first time that they can be used is none. */
    record None() implements News {}

    /** What they hold now is in use. */
    record Renewed() implements News {}

    /**
     * What they hold now cannot be used.
     *
     * @param why naming the file
     * @param inUse whether what was read before stays in use
     */
    record Refused(String why, boolean inUse) implements News {}
  }

  /**
   * Nothing is read before the first {@link #look}.
   *
   * @param use is called within {@link #look} whenever what they hold has changed
   */
  public TlsWatcher(TlsFiles files, Use use) {
    this.files = files;
    this.use = use;
  }

  /** Until when the certificates are valid that are in use. */
  public List<Validity> validities() {
    return validities;
  }

  /**
   * Reads the files, unless they hold what was read of them last. What could not be used is tried
   * again each time. Blocks.
   */
  public synchronized News look() {
    List<String> now = files.paths().stream().map(TlsWatcher::fingerprint).toList();
    if (inUse && refused.isEmpty() && now.equals(fingerprints)) {
      return new News.None();
    }
    try {
      TlsMaterial material = files.read(Instant.now());
      use.accept(material);
      boolean news = inUse || !refused.isEmpty();
      validities = material.validities();
      fingerprints = now;
      inUse = true;
      refused = "";
      return news ? new News.Renewed() : new News.None();
    } catch (IOException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      boolean told = why.equals(refused);
      refused = why;
      return told
          ? new News.None()
          : new News.Refused(inUse ? why + "; what was read before stays in use" : why, inUse);
    }
  }

  private static String fingerprint(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      return "unreadable";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
