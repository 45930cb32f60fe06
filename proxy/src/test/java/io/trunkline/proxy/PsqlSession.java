package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A psql that stays open, as somebody has typed it. */
final class PsqlSession implements AutoCloseable {
  private static final String END = "--end--";

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  PsqlSession(ProxyFixture fixture, String... parameters) throws IOException {
    this("write", fixture, parameters);
  }

  PsqlSession(String listener, ProxyFixture fixture, String... parameters) throws IOException {
    process =
        new ProcessBuilder(
                "psql",
                "-XAtqw",
                "host=localhost port=%d dbname=postgres connect_timeout=10 sslrootcert=%s %s"
                    .formatted(
                        Objects.requireNonNull(fixture.proxy.bound().get(listener)).getPort(),
                        TestTls.file("ca.crt"),
                        String.join(" ", parameters)))
            .redirectErrorStream(true)
            .start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Errors are only their severity and SQLSTATE from now on. */
  PsqlSession terse() {
    say("\\set VERBOSITY sqlstate\nselect 1 where false");
    return this;
  }

  /** What psql prints for that; the connection is kept. */
  String say(String command) {
    send(command);
    return answer();
  }

  void send(String command) {
    type(command + ";\n\\echo " + END + "\n");
  }

  /** As it is. */
  void type(String text) {
    try {
      in.write(text);
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String answer() {
    List<String> lines = new ArrayList<>();
    try {
      while (true) {
        String line = out.readLine();
        if (line == null || line.equals(END)) {
          return String.join("\n", lines);
        }
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
