package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.DrainAnswer;
import io.trunkline.daemon.status.StatusJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code drain} and {@code undrain} have in common. */
abstract class DrainRequest implements Callable<Integer> {
  private final Console console;
  private final String action;

  @Mixin private SocketOption socket = new SocketOption();

  @Option(names = "--vip", paramLabel = "NAME", description = "Only that VIP.")
  private Optional<String> vip = Optional.empty();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  /**
   * @param action what the daemon is asked for
   */
  DrainRequest(Console console, String action) {
    this.console = console;
    this.action = action;
  }

  Optional<String> vip() {
    return vip;
  }

  /** The answer as a sentence. */
  abstract String words(DrainAnswer answer);

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    String path =
        "/api/v1/%s?by=%s%s"
            .formatted(
                action,
                SocketOption.operator(console.environment()),
                vip.map(name -> "&vip=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                    .orElse(""));
    String answer = socket.client(console.environment()).post(path).good();
    console.out().println(json ? answer : words(StatusJson.read(answer, DrainAnswer.class)));
    return ExitCode.DONE;
  }
}
