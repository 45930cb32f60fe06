package io.trunkline.routing;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Balance;
import io.trunkline.config.Configs;
import io.trunkline.config.DialTarget;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Listeners and pickers for tests. */
final class Pickers {
  /** What {@link #checkEveryKind} asks for again and again. */
  private static final Map<RouteKind, Map<Balance, ListenerConfig>> EVERY_KIND =
      Stream.of(RouteKind.values())
          .collect(
              Collectors.toMap(
                  route -> route,
                  route ->
                      Stream.of(Balance.values())
                          .collect(Collectors.toMap(it -> it, it -> ofEveryKind(route, it)))));

  private Pickers() {}

  static ListenerConfig listener(
      RouteKind route, Optional<RouteKind> fallback, Balance balance, OptionalLong maxLag) {
    return listener(route, fallback, balance, maxLag, Map.of(), Duration.ZERO);
  }

  static ListenerConfig listener(
      RouteKind route,
      Optional<RouteKind> fallback,
      Balance balance,
      OptionalLong maxLag,
      Map<String, Integer> weights,
      Duration slowStart) {
    return listener(route, fallback, balance, maxLag, weights, slowStart, DialTarget.POSTGRES);
  }

  static ListenerConfig listener(
      RouteKind route,
      Optional<RouteKind> fallback,
      Balance balance,
      OptionalLong maxLag,
      Map<String, Integer> weights,
      Duration slowStart,
      DialTarget target) {
    return change(Configs.listener("route: any"))
        .with(ListenerConfig::route, route)
        .with(ListenerConfig::fallback, fallback)
        .with(ListenerConfig::balance, balance)
        .with(ListenerConfig::maxLag, maxLag)
        .with(ListenerConfig::weights, weights)
        .with(ListenerConfig::slowStart, slowStart)
        .with(ListenerConfig::target, target)
        .record();
  }

  private static ListenerConfig ofEveryKind(RouteKind route, Balance balance) {
    return listener(route, Optional.empty(), balance, OptionalLong.of(1_000_000));
  }

  /** Whatever the table says, every kind of route picks an eligible member if there is one. */
  static void checkEveryKind(RoutingTable table, Random random, Supplier<String> where) {
    for (RouteKind route : RouteKind.values()) {
      Balance balance = List.of(Balance.values()).get(random.nextInt(3));
      ListenerConfig listener =
          Objects.requireNonNull(Objects.requireNonNull(EVERY_KIND.get(route)).get(balance));
      List<String> eligible = eligible(table, listener);
      Pick pick =
          new Picker(listener, Optional.empty(), random)
              .pick(table, _ -> random.nextInt(50), Set.of());
      switch (pick) {
        case Pick.To to -> {
          // In maintenance and within the grace the last primary stays, known or not.
          if (!to.asPrimary()) {
            assertThat(eligible).as(where).contains(to.target().member());
          }
          assertThat(to.asPrimary())
              .as(where)
              .isEqualTo(table.write().target().equals(Optional.of(to.target())));
        }
        case Pick.Wait _, Pick.Nobody _ -> assertThat(eligible).as(where).isEmpty();
        case Pick.Exhausted _ -> assertThat(false).as("exhausted untried; " + where.get()).isTrue();
      }
    }
  }

  static List<String> eligible(RoutingTable table, ListenerConfig listener) {
    ReadRouting routing = new ReadRouting(listener);
    return table.view().members().values().stream()
        .filter(member -> routing.judge(member, table.view(), table.write()) == ReadReason.ELIGIBLE)
        .map(Member::name)
        .toList();
  }
}
