package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Service;
import java.util.function.Consumer;

/** What is done to the primary while the clients work. */
@SuppressWarnings("ImmutableEnumChecker") // the strikes hold no state
enum Event {
  SWITCHOVER("Switchover", lab -> lab.patroni().switchover()),
  FAILOVER(
      "Failover: `kill -9` of the primary's Patroni and PostgreSQL",
      lab -> {
        Member primary = lab.primary();
        primary.kill9(Service.PATRONI);
        primary.kill9(Service.POSTGRES);
      }),
  POWER_OFF("Failover: the primary's machine loses power", lab -> lab.primary().killContainer());

  private final String title;
  private final Consumer<Lab> strike;

  Event(String title, Consumer<Lab> strike) {
    this.title = title;
    this.strike = strike;
  }

  String title() {
    return title;
  }

  void strike(Lab lab) {
    strike.accept(lab);
  }
}
