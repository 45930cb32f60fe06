package io.trunkline.daemon.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which sessions are meant. */
final class SessionConditions {
  @Option(names = "--id", paramLabel = "N", description = "The session with that number.")
  private Optional<String> id = Optional.empty();

  @Option(names = "--user", paramLabel = "NAME", description = "Sessions of that user.")
  private Optional<String> user = Optional.empty();

  @Option(names = "--database", paramLabel = "NAME", description = "Sessions in that database.")
  private Optional<String> database = Optional.empty();

  @Option(
      names = "--application-name",
      paramLabel = "NAME",
      description = "Sessions with that application_name.")
  private Optional<String> applicationName = Optional.empty();

  @Option(
      names = "--client",
      paramLabel = "CIDR",
      description = "Sessions from that address or network.")
  private Optional<String> client = Optional.empty();

  @Option(names = "--member", paramLabel = "NAME", description = "Sessions on that member.")
  private Optional<String> member = Optional.empty();

  @Option(names = "--listener", paramLabel = "NAME", description = "Sessions of that listener.")
  private Optional<String> listener = Optional.empty();

  @Option(names = "--state", paramLabel = "STATE", description = "Sessions in that state.")
  private Optional<String> state = Optional.empty();

  /** As a query string; empty where there is none. */
  String query() {
    return Stream.of(
            parameter("id", id),
            parameter("user", user),
            parameter("database", database),
            parameter("application_name", applicationName),
            parameter("client", client),
            parameter("member", member),
            parameter("listener", listener),
            parameter("state", state))
        .flatMap(Optional::stream)
        .collect(Collectors.joining("&"));
  }

  private static Optional<String> parameter(String name, Optional<String> value) {
    return value.map(text -> name + "=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
  }
}
