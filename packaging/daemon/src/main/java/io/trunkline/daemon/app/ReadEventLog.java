package io.trunkline.daemon.app;

import io.trunkline.config.ListenerConfig;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.Member;
import io.trunkline.routing.ReadReason;
import io.trunkline.routing.ReadRouting;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells which members a listener that reads uses: {@code replica_excluded}, {@code
 * replica_returned}, and {@code read_route_changed} when none is left or one is there again. Of a
 * listener that goes to the primary only members without a pooler are told, where it needs one.
 */
final class ReadEventLog {
  private final ListenerConfig listener;
  private final ReadRouting routing;
  private final EventSink events;
  private Map<String, ReadReason> told = new HashMap<>();
  private boolean begun;
  private boolean any;

  ReadEventLog(ListenerConfig listener, EventSink events) {
    this.listener = listener;
    this.routing = new ReadRouting(listener);
    this.events = events;
  }

  /** Begins when enough is known to decide anything. */
  void tell(RoutingTable now) {
    if (!begun && now.write().reason() == WriteReason.STARTING) {
      return;
    }
    ClusterView view = now.view();
    Map<String, ReadReason> judged = new TreeMap<>();
    for (Member member : view.members().values()) {
      if (unheard(member)) {
        continue;
      }
      ReadReason reason = routing.judge(member, view, now.write());
      judged.put(member.name(), reason);
      if (reason != told.get(member.name())) {
        changed(member, reason, view);
      }
    }
    told.keySet().stream()
        .filter(member -> !view.members().containsKey(member))
        .sorted()
        .forEach(member -> left(member, view));
    told = judged;
    if (listener.route().writes()) {
      begun = true;
      return;
    }
    tellRoute(judged.containsValue(ReadReason.ELIGIBLE), view);
  }

  /** It has only just been discovered. */
  private static boolean unheard(Member member) {
    return member.rest().equals(RestHealth.UNKNOWN) && member.dcs().isEmpty();
  }

  /** A primary that steps down was read from by nobody before, either. */
  private boolean used(Member member) {
    return told.get(member.name()) == ReadReason.ELIGIBLE;
  }

  /** It has announced a pooler. */
  private boolean returns(Member member, ReadReason reason) {
    return reason == ReadReason.ELIGIBLE && told.get(member.name()) == ReadReason.NO_PROXY_URL;
  }

  private void changed(Member member, ReadReason reason, ClusterView view) {
    if (reason == ReadReason.NOT_A_REPLICA && !used(member)) {
      return;
    }
    if (listener.route().writes()
        && reason != ReadReason.NO_PROXY_URL
        && !returns(member, reason)) {
      return;
    }
    Map<String, String> fields = about(member.name(), view);
    switch (reason) {
      case ELIGIBLE -> {
        if (begun) {
          emit(view.at(), Severity.INFO, EventName.REPLICA_RETURNED, fields);
        }
      }
      // The write route tells who is the primary.
      case IS_PRIMARY, NOT_PRIMARY -> {}
      case NO_ADDRESS,
          NO_PROXY_URL,
          NOT_A_REPLICA,
          NOT_RUNNING,
          NOT_STREAMING,
          SILENT,
          NO_LOAD_BALANCE,
          LAGGING,
          NOT_SYNC,
          IS_SYNC,
          NOT_STANDBY_LEADER -> {
        fields.put("reason", reason.label());
        fields.put("why", reason.sentence());
        if (reason == ReadReason.LAGGING) {
          ReadRouting.lag(member, view)
              .ifPresent(lag -> fields.put("lag_bytes", String.valueOf(lag)));
          listener.maxLag().ifPresent(max -> fields.put("max_lag_bytes", String.valueOf(max)));
        }
        emit(view.at(), Severity.INFO, EventName.REPLICA_EXCLUDED, fields);
      }
    }
  }

  private void left(String member, ClusterView view) {
    if (told.get(member) == ReadReason.ELIGIBLE) {
      Map<String, String> fields = about(member, view);
      fields.put("reason", "left");
      fields.put("why", "is no longer a member");
      emit(view.at(), Severity.INFO, EventName.REPLICA_EXCLUDED, fields);
    }
  }

  private void tellRoute(boolean anyNow, ClusterView view) {
    if (begun && anyNow == any) {
      return;
    }
    if (begun || !anyNow) {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("cluster", view.cluster());
      fields.put("listener", listener.name());
      fields.put("to", anyNow ? listener.route().label() : fallback());
      emit(view.at(), anyNow ? Severity.INFO : Severity.WARN, EventName.READ_ROUTE_CHANGED, fields);
    }
    begun = true;
    any = anyNow;
  }

  private String fallback() {
    return listener.fallback().map(kind -> "fallback(" + kind.label() + ")").orElse("none");
  }

  private Map<String, String> about(String member, ClusterView view) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("cluster", view.cluster());
    fields.put("listener", listener.name());
    fields.put("member", member);
    return fields;
  }

  private void emit(Instant at, Severity severity, EventName name, Map<String, String> fields) {
    events.emit(new Event(at, severity, name, fields));
  }
}
