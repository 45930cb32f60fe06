package io.trunkline.healthcheck.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.Scope;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose word on who the members are counts where there is no etcd. */
class DiscoveryTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> asked = new ArrayList<>();
  private @Nullable Consumer<RestReply> reply;
  private final Discovery discovery =
      new Discovery(
          List.of(URI.create("http://pg1:8008"), URI.create("http://zz:8008")),
          Scope.of("main"),
          this::ask,
          Duration.ofSeconds(2),
          channel.eventLoop(),
          () -> Instant.EPOCH,
          new Journal("main", () -> Instant.EPOCH, _ -> {}),
          () -> {});

  @Test
  void inventedMembersAreBoundedAndTakeNobodysPlace() {
    discovery.start();
    answer(cluster(Stream.concat(invented("a", 3000), Stream.of("zz"))));
    assertThat(discovery.members()).hasSize(256).containsKey("zz");
    assertThat(discovery.problems())
        .containsExactly("http://pg1:8008/cluster: 3001 members, of which 256 are watched");
    answer(cluster(Stream.of("n1", "zz")));
    assertThat(discovery.members()).containsOnlyKeys("n1", "zz");
    assertThat(discovery.problems()).isEmpty();
    answer(cluster(Stream.concat(invented("a", 300), Stream.of("n1", "zz"))));
    assertThat(discovery.members()).hasSize(256).containsKeys("n1", "zz");
  }

  @Test
  void whoIsNotConfiguredTellsOfNobody() {
    discovery.start();
    answer(cluster(Stream.of("n1", "zz")));
    fail();
    fail();
    assertThat(asked).endsWith("http://n1:8008");
    answer(cluster(Stream.of("n1", "liar")).replace("\"members\"", "\"pause\": true, \"members\""));
    assertThat(discovery.members()).containsOnlyKeys("n1", "zz");
    assertThat(discovery.cluster().orElseThrow().maintenance()).isTrue();
  }

  private static Stream<String> invented(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + "%05d".formatted(i));
  }

  private static String cluster(Stream<String> names) {
    return names
        .map(
            name ->
                "{\"name\": \"%1$s\", \"host\": \"%1$s\", \"api_url\": \"http://%1$s:8008/patroni\"}"
                    .formatted(name))
        .collect(Collectors.joining(",", "{\"members\": [", "]}"));
  }

  private Runnable ask(ApiUrl api, String path, Consumer<RestReply> answer) {
    asked.add(api.toString());
    reply = answer;
    return () -> {};
  }

  private void answer(String body) {
    reply.accept(new RestReply.Answered(Instant.EPOCH, Instant.EPOCH, 200, body));
    next();
  }

  private void fail() {
    reply.accept(new RestReply.Failed(Instant.EPOCH, "connection refused"));
    next();
  }

  /** The next question is asked. */
  private void next() {
    channel.advanceTimeBy(10, java.util.concurrent.TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }
}
