package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFileTest {
  private static final String GOOD = "clusters: [{scope: a, etcd: {hosts: [x:1]}}]\n";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("t.yaml");
  }

  @Test
  void missing() {
    assertThat(problems()).containsExactly(file + ": does not exist");
  }

  @Test
  void a_directory() {
    assertThat(new ConfigLoader(Map.of()).load(directory))
        .isEqualTo(
            new ConfigResult.Invalid(
                List.of(
                    new Problem(
                        directory.toString(), 0, 0, "", "is a directory; name the file itself"))));
  }

  @Test
  void too_large_is_not_even_read() throws IOException {
    Files.write(file, new byte[10 << 20]);

    assertThat(problems())
        .containsExactly(file + ": is larger than 1 MB; this cannot be a configuration file");
  }

  @Test
  void not_utf8() throws IOException {
    Files.write(file, "node: é\nlog: ä\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problems())
        .containsExactly(file + ":1:7: byte 0xE9 at offset 6 is not UTF-8; save it as UTF-8");

    Files.write(file, "# é\nlog: ".getBytes(StandardCharsets.UTF_8));
    Files.write(file, new byte[] {(byte) 0xc3}, StandardOpenOption.APPEND);
    assertThat(problems())
        .containsExactly(file + ":2:6: byte 0xC3 at offset 10 is not UTF-8; save it as UTF-8");
  }

  @Test
  void utf16() throws IOException {
    Files.write(file, ("\ufeff" + GOOD).getBytes(StandardCharsets.UTF_16LE));
    assertThat(problems()).containsExactly(file + ": is UTF-16 text; save it as UTF-8");
  }

  @Test
  void nul_and_other_control_characters() throws IOException {
    Files.writeString(file, "node: a\0b\n");
    assertThat(problems())
        .containsExactly(file + ":1:8: a NUL byte is not allowed here; remove it");

    Files.writeString(file, "node: a\nlog: \u0007\n");
    assertThat(problems())
        .containsExactly(file + ":2:6: control character U+0007 is not allowed here; remove it");
  }

  @Test
  void a_byte_order_mark_and_other_line_ends_are_fine() throws IOException {
    Files.writeString(file, "\ufeff" + GOOD.replace("\n", "\r\n"));
    assertThat(new ConfigLoader(Map.of()).load(file)).isInstanceOf(ConfigResult.Valid.class);

    Files.writeString(file, "\ufeffnode: a b\r\n" + GOOD);
    assertThat(problems()).singleElement().asString().startsWith(file + ":1:7: node: ");
  }

  @Test
  void a_file_descriptor_can_be_named() throws IOException {
    Path endless = Path.of("/dev/zero");
    if (Files.exists(endless)) {
      assertThat(new ConfigLoader(Map.of()).load(endless)).isInstanceOf(ConfigResult.Invalid.class);
    }
  }

  private List<String> problems() {
    return switch (new ConfigLoader(Map.of()).load(file)) {
      case ConfigResult.Valid(TrunklineConfig config) -> List.of(config.toString());
      case ConfigResult.Invalid(List<Problem> problems) ->
          problems.stream().map(Problem::toString).toList();
    };
  }
}
