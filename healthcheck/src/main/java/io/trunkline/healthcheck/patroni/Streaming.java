package io.trunkline.healthcheck.patroni;

import io.trunkline.healthcheck.common.JsonFields;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a replica streams, from Patroni's {@code replication_state}: {@code streaming}, {@code in
 * archive recovery}, or nothing where it does neither (source: {@code
 * Postgresql.replication_state_from_parameters}). Before 3.0.4 Patroni never says.
 */
public final class Streaming {
  private static final Pattern VERSION =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?.*");
  private static final int FIRST_THAT_SAYS = number(3, 0, 4);

  private Streaming() {}

  /**
   * False when the replica does not stream; true when it does, or when it is not known.
   *
   * @param json says {@code replication_state}
   * @param version Patroni's version
   * @param asked PostgreSQL answered Patroni's question, so that silence says something
   */
  public static boolean read(JsonFields json, Optional<String> version, boolean asked) {
    Optional<String> state = json.text("replication_state");
    if (state.isPresent()) {
      return state.get().equals("streaming");
    }
    boolean unreadable = json.has("replication_state");
    return unreadable || !asked || version.filter(Streaming::says).isEmpty();
  }

  private static boolean says(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return false;
    }
    int patch = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
    return number(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), patch)
        >= FIRST_THAT_SAYS;
  }

  private static int number(int major, int minor, int patch) {
    return (Math.min(major, 99) * 10_000 + minor) * 10_000 + patch;
  }
}
