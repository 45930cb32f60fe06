package io.trunkline.routing;

import io.trunkline.config.Labelled;
import java.util.Locale;

/** A member's role, as Patroni names it (docs: "Patroni REST API", key {@code role}). */
public enum Role implements Labelled {
  /** Out of recovery; {@code master} before Patroni 4. */
  PRIMARY,
  REPLICA,
  STANDBY_LEADER,
  /** Holds the key, promotion has begun. */
  PROMOTED,
  DEMOTED,
  UNINITIALIZED,
  UNKNOWN;

  /** Reads Patroni's word; anything unheard of is {@link #UNKNOWN}. */
  public static Role of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "primary", "master" -> PRIMARY;
      case "replica" -> REPLICA;
      case "standby_leader" -> STANDBY_LEADER;
      case "promoted" -> PROMOTED;
      case "demoted" -> DEMOTED;
      case "uninitialized" -> UNINITIALIZED;
      default -> UNKNOWN;
    };
  }
}
