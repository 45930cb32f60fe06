package io.trunkline.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.yaml.snakeyaml.reader.StreamReader;

/** The file as text: of a sane size, UTF-8, without characters that no editor shows. */
final class SourceFile {
  static final int LARGEST = 1 << 20;

  private SourceFile() {}

  static Optional<String> read(Path file, Problems problems) {
    byte[] bytes;
    if (Files.isDirectory(file)) {
      return refuse(problems, "is a directory; name the file itself");
    }
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (IOException | SecurityException e) {
      return refuse(problems, Unreadable.because(e));
    }
    if (bytes.length > LARGEST) {
      return refuse(problems, "is larger than 1 MB; this cannot be a configuration file");
    }
    return decode(bytes, problems);
  }

  static Optional<String> decode(byte[] bytes, Problems problems) {
    if (bytes.length >= 2 && (bytes[0] & bytes[1] & 0xfe) == 0xfe && bytes[0] != bytes[1]) {
      return refuse(problems, "is UTF-16 text; save it as UTF-8");
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer to = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(from, to, true);
    String text = to.flip().toString();
    if (text.startsWith("\ufeff")) {
      text = text.substring(1);
    }
    if (result.isError()) {
      String octet = String.format(Locale.ROOT, "0x%02X", bytes[from.position()]);
      problems.add(
          endOf(text),
          "",
          "byte " + octet + " at offset " + from.position() + " is not UTF-8; save it as UTF-8");
      return Optional.empty();
    }
    return printable(text, problems);
  }

  static Optional<String> printable(String text, Problems problems) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (!StreamReader.isPrintable(c)) {
        String name =
            c == 0 ? "a NUL byte" : String.format(Locale.ROOT, "control character U+%04X", c);
        problems.add(endOf(text.substring(0, i)), "", name + " is not allowed here; remove it");
        return Optional.empty();
      }
    }
    return Optional.of(text);
  }

  private static Position endOf(String before) {
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int lineStart = before.lastIndexOf('\n') + 1;
    return new Position(line, before.codePointCount(lineStart, before.length()) + 1);
  }

  private static Optional<String> refuse(Problems problems, String message) {
    problems.add(Position.NOWHERE, "", message);
    return Optional.empty();
  }
}
