package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.DrainAnswer;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.routing.Plural;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code drain} and {@code undrain} take, and how they ask. */
final class DrainOptions {
  @Mixin private SocketOption socket = new SocketOption();

  @Option(names = "--vip", paramLabel = "NAME", description = "Only that VIP.")
  private Optional<String> vip = Optional.empty();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  Optional<String> vip() {
    return vip;
  }

  /** Asks the daemon; the answer as JSON. */
  String ask(String action, Map<String, String> environment)
      throws BadConfiguration, Unreachable, IOException {
    String path =
        "/api/v1/%s?by=%s%s"
            .formatted(
                action,
                Operator.encoded(environment),
                vip.map(name -> "&vip=" + encoded(name)).orElse(""));
    AdminClient.Answer answer = socket.client(environment).post(path);
    if (answer.status() != 200) {
      throw new IOException(answer.body().strip());
    }
    return answer.body().strip();
  }

  /** Prints the answer: as it came, or as that sentence. */
  void print(Console console, String answer, Function<DrainAnswer, String> words)
      throws IOException {
    console.out().println(json ? answer : words.apply(StatusJson.read(answer, DrainAnswer.class)));
  }

  /** {@code 1 session goes on}. */
  static String sessions(DrainAnswer answer) {
    return Plural.of(answer.drain().sessions(), "session goes on", "sessions go on");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
