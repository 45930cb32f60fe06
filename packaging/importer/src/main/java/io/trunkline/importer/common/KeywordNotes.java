package io.trunkline.importer.common;

import io.trunkline.importer.common.Remark.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A table of what there is to be said of keywords that nothing is made of. */
public final class KeywordNotes {
  private final Map<String, Note> notes = new HashMap<>();

  private KeywordNotes() {}

  public static KeywordNotes of(KeywordNotes... rows) {
    var all = new KeywordNotes();
    Arrays.stream(rows).forEach(row -> all.notes.putAll(row.notes));
    return all;
  }

  /**
   * A row.
   *
   * @param keywords with blanks between; {@code X*} is every keyword that begins with X and has no
   *     row of its own
   * @param message where {@code %s} stands for the keyword
   */
  public static KeywordNotes row(Kind kind, String keywords, String message) {
    var row = new KeywordNotes();
    Text.words(keywords).forEach(keyword -> row.notes.put(keyword, new Note(kind, message)));
    return row;
  }

  public static KeywordNotes lost(String keywords, String message) {
    return row(Kind.LOST, keywords, message);
  }

  public static KeywordNotes changed(String keywords, String message) {
    return row(Kind.CHANGED, keywords, message);
  }

  public static KeywordNotes replaced(String keywords, String message) {
    return row(Kind.REPLACED, keywords, message);
  }

  /**
   * @param told the keyword as the message shows it
   */
  public Optional<Note> of(String keyword, String told) {
    return Optional.ofNullable(notes.get(keyword))
        .or(() -> ofBeginning(keyword))
        .map(note -> new Note(note.kind(), note.message().replace("%s", told)));
  }

  private Optional<Note> ofBeginning(String keyword) {
    return notes.keySet().stream()
        .filter(it -> it.endsWith("*") && keyword.startsWith(it.substring(0, it.length() - 1)))
        .findFirst()
        .map(notes::get);
  }
}
