package io.trunkline.vip;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What a VIP went through: written by the protocol's thread, read by any. */
final class History {
  private static final int KEPT = 20;

  private final Deque<VipTransition> last = new ArrayDeque<>();
  private volatile List<VipTransition> published = List.of();

  void add(VipTransition transition) {
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.addLast(transition);
    published = List.copyOf(last);
  }

  List<VipTransition> recent() {
    return published;
  }

  VipReason reason() {
    List<VipTransition> all = published;
    return all.isEmpty() ? VipReason.NOT_STARTED : all.getLast().reason();
  }

  Instant since(Instant otherwise) {
    List<VipTransition> all = published;
    return all.isEmpty() ? otherwise : all.getLast().at();
  }
}
