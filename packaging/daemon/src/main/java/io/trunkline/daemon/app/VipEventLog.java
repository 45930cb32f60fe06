package io.trunkline.daemon.app;

import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipTransition;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells what happens to the VIPs, and ends the sessions of those that this node gives up. */
final class VipEventLog implements VipListener {
  private static final Set<VipReason> TROUBLE =
      Set.of(
          VipReason.LINK_DOWN,
          VipReason.NO_LOCAL_ADDRESS,
          VipReason.HEARTBEAT_LOST,
          VipReason.STALLED,
          VipReason.ADDRESS_REFUSED,
          VipReason.ADDRESS_REMOVED,
          VipReason.DUPLICATE_ADDRESS,
          VipReason.LEASE_ENDING,
          VipReason.LEASE_LOST,
          VipReason.LEADER_OUT_OF_SIGHT);

  private final EventSink events;
  private final InstantSource clock;
  private final Sessions sessions;

  /** The sessions that come in through addresses of this node. */
  interface Sessions {
    /** Those who come in through them from now on are served. Does not wait. */
    void admit(Collection<InetAddress> addresses);

    /** Those who come in through them from now on are turned away. Does not wait. */
    void refuse(Collection<InetAddress> addresses);

    /** Ends those that there are, and counts them. */
    CompletableFuture<Integer> end(Collection<InetAddress> addresses);
  }

  VipEventLog(EventSink events, InstantSource clock, Sessions sessions) {
    this.events = events;
    this.clock = clock;
    this.sessions = sessions;
  }

  @Override
  public void opening(String vip, List<InetAddress> addresses) {
    sessions.admit(addresses);
  }

  @Override
  public void closing(String vip, List<InetAddress> addresses) {
    sessions.refuse(addresses);
  }

  @Override
  public void transition(VipTransition change) {
    events.emit(
        Event.of(
            change.at(),
            TROUBLE.contains(change.reason()) ? Severity.WARN : Severity.INFO,
            EventName.VIP_STATE_CHANGED,
            "vip",
            change.vip(),
            "from",
            change.from().label(),
            "to",
            change.to().label(),
            "reason",
            change.reason().label(),
            "why",
            change.reason().sentence()));
  }

  @Override
  public CompletionStage<Void> leaving(String vip, List<InetAddress> addresses, VipReason reason) {
    return end(vip, addresses, reason);
  }

  @Override
  public void lost(String vip, List<InetAddress> addresses, VipReason reason) {
    end(vip, addresses, reason);
  }

  @Override
  public void warning(String vip, String text) {
    emit(Severity.WARN, EventName.VIP_WARNING, "vip", vip, "why", text);
  }

  void bid(String vip, BidReason reason) {
    boolean wanted = reason.serves() || reason == BidReason.DRAINING;
    emit(
        wanted ? Severity.INFO : Severity.WARN,
        EventName.VIP_BID_CHANGED,
        "vip",
        vip,
        "serving",
        reason.serves(),
        "reason",
        reason.label(),
        "why",
        reason.sentence());
  }

  private CompletableFuture<Void> end(String vip, List<InetAddress> addresses, VipReason reason) {
    return sessions.end(addresses).thenAccept(count -> ended(vip, reason, count));
  }

  private void ended(String vip, VipReason reason, int count) {
    Severity severity = count > 0 ? Severity.WARN : Severity.INFO;
    emit(
        severity,
        EventName.VIP_SESSIONS_ENDED,
        "vip",
        vip,
        "sessions",
        count,
        "reason",
        reason.label());
  }

  private void emit(Severity severity, EventName name, Object... fields) {
    events.emit(Event.of(clock.instant(), severity, name, fields));
  }
}
