package io.trunkline.vip;

import io.trunkline.vip.vrrp.Reject;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** The counters of one VIP: written by the protocol's thread, read by any. */
final class Counters {
  final AtomicLong sent = new AtomicLong();
  final AtomicLong received = new AtomicLong();
  final AtomicLong sendErrors = new AtomicLong();
  final AtomicLong announcements = new AtomicLong();
  final AtomicLong contended = new AtomicLong();
  final AtomicLong missedDeadlines = new AtomicLong();
  private final Map<Reject, AtomicLong> rejected = zeros(Reject.class);
  private final Map<VipReason, AtomicLong> transitions = zeros(VipReason.class);

  void rejected(Reject reason) {
    Objects.requireNonNull(rejected.get(reason)).incrementAndGet();
  }

  void transition(VipReason reason) {
    Objects.requireNonNull(transitions.get(reason)).incrementAndGet();
  }

  Map<Reject, Long> rejected() {
    return snapshot(rejected, new EnumMap<>(Reject.class));
  }

  Map<VipReason, Long> transitions() {
    return snapshot(transitions, new EnumMap<>(VipReason.class));
  }

  VipStatus.Counts snapshot() {
    return new VipStatus.Counts(
        sent.get(),
        received.get(),
        sendErrors.get(),
        announcements.get(),
        contended.get(),
        missedDeadlines.get());
  }

  private static <K extends Enum<K>> Map<K, AtomicLong> zeros(Class<K> type) {
    Map<K, AtomicLong> zeros = new EnumMap<>(type);
    for (K key : type.getEnumConstants()) {
      zeros.put(key, new AtomicLong());
    }
    return Collections.unmodifiableMap(zeros);
  }

  private static <K> Map<K, Long> snapshot(Map<K, AtomicLong> from, Map<K, Long> to) {
    from.forEach((key, value) -> to.put(key, value.get()));
    return Collections.unmodifiableMap(to);
  }
}
