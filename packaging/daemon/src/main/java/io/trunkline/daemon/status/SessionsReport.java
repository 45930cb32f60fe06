package io.trunkline.daemon.status;

import io.trunkline.pgwire.state.Pinned;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.session.SessionList;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, the oldest first.
 *
 * @param matching how many sessions the conditions hold for
 * @param leftOut how many of them are not in the list
 */
public record SessionsReport(String now, int matching, int leftOut, List<SessionReport> sessions) {

  /**
   * One session.
   *
   * @param user null: it cannot be seen; so with database and applicationName
   * @param member null: none yet
   * @param why it waits; null: it does not
   * @param kept whether it goes on if its member goes now; null: sessions are not kept there
   * @param pinned why it is not kept; null: it is
   * @param since when the client connected
   */
  public record SessionReport(
      long id,
      String listener,
      String client,
      @Nullable String user,
      @Nullable String database,
      @Nullable String applicationName,
      @Nullable String member,
      String state,
      @Nullable String why,
      String tls,
      @Nullable Boolean kept,
      @Nullable String pinned,
      String since,
      long bytesFromClient,
      long bytesToClient) {}

  /** The report of that list. */
  public static SessionsReport of(SessionList list, Instant now) {
    List<SessionReport> sessions = list.sessions().stream().map(SessionsReport::of).toList();
    return new SessionsReport(
        now.toString(), list.matching(), list.matching() - sessions.size(), sessions);
  }

  /** The same in JSON and in pieces, each of which is made when it is asked for. */
  public static Iterator<String> pieces(SessionList list, Instant now) {
    int leftOut = list.matching() - list.sessions().size();
    String none =
        StatusJson.write(new SessionsReport(now.toString(), list.matching(), leftOut, List.of()));
    String end = "]}";
    Stream<String> rows =
        IntStream.range(0, list.sessions().size())
            .mapToObj(i -> (i == 0 ? "" : ",") + StatusJson.write(of(list.sessions().get(i))));
    return Stream.concat(
            Stream.of(none.substring(0, none.length() - end.length())),
            Stream.concat(rows, Stream.of(end + "\n")))
        .iterator();
  }

  private static SessionReport of(SessionInfo session) {
    return new SessionReport(
        session.id(),
        session.listener(),
        Addresses.text(session.client()),
        session.user(),
        session.database(),
        session.applicationName(),
        session.member(),
        session.state().label(),
        session.why(),
        session.tls().label(),
        session.keep().wanted() ? session.keep().pinned().isEmpty() : null,
        session.keep().pinned().map(Pinned::label).orElse(null),
        session.since().toString(),
        session.bytesFromClient(),
        session.bytesToClient());
  }
}
