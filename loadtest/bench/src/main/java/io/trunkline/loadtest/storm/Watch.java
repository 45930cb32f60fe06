package io.trunkline.loadtest.storm;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Looks again and again at how many backends a member has for the clients, and how many logins the
 * proxy has under way there.
 */
final class Watch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(50);

  private final Target direct;
  private final ProxyNode proxy;
  private final String label;
  private volatile boolean stopping;
  private Peak peak = Peak.NOTHING;

  /** The limit at the last look, or the logins under way then if they were more. */
  private int allowed;

  /**
   * The most that was seen.
   *
   * @param samples how often it was looked
   * @param over logins begun above the limit: where it has adapted downwards, those that are under
   *     way already go on
   * @param limit the highest one
   */
  record Peak(int samples, int backends, int logins, int limit, int over) {
    static final Peak NOTHING = new Peak(0, 0, 0, 0, 0);

    Peak with(int nowBackends, int nowLogins, int nowLimit, int allowed) {
      return new Peak(
          samples + 1,
          Math.max(backends, nowBackends),
          Math.max(logins, nowLogins),
          Math.max(limit, nowLimit),
          Math.max(over, nowLogins - Math.max(nowLimit, allowed)));
    }
  }

  /**
   * @param direct to the member, which may be a replica yet
   * @param member its name
   */
  Watch(Target direct, ProxyNode proxy, String member) {
    this.direct = direct;
    this.proxy = proxy;
    this.label = "member=\"" + member + "\"";
    Thread.ofPlatform().daemon().start(this::run);
  }

  private void run() {
    while (!stopping) {
      try (Connection connection = direct.connect();
          PreparedStatement count =
              connection.prepareStatement(
                  "select count(*) from pg_stat_activity"
                      + " where usename = current_user and pid <> pg_backend_pid()")) {
        while (!stopping) {
          look(count);
          Thread.sleep(EVERY);
        }
      } catch (SQLException | LabException | InterruptedException e) {
        // for a moment the member lets nobody in, or the daemon is too busy to tell
      }
    }
  }

  private void look(PreparedStatement count) throws SQLException {
    int backends;
    try (ResultSet row = count.executeQuery()) {
      row.next();
      backends = row.getInt(1);
    }
    String metrics = proxy.metrics();
    int logins = value(metrics, "trunkline_member_logins_under_way{");
    int limit = value(metrics, "trunkline_member_logins_limit{");
    synchronized (this) {
      peak = peak.with(backends, logins, limit, allowed);
      allowed = Math.max(limit, logins);
    }
  }

  private int value(String metrics, String name) {
    return (int)
        metrics
            .lines()
            .filter(line -> line.startsWith(name) && line.contains(label))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
  }

  /** The most since this was asked last. */
  synchronized Peak take() {
    Peak taken = peak;
    peak = Peak.NOTHING;
    return taken;
  }

  @Override
  public void close() {
    stopping = true;
  }
}
