package io.trunkline.pgwire.state;

import io.netty.util.concurrent.FastThreadLocal;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Equal values of many sessions, kept once for each event loop as long as a session has them: the
 * connections of a pool have the same prepared statements.
 */
final class Shared {
  private static final FastThreadLocal<Map<Object, WeakReference<Object>>> VALUES =
      new FastThreadLocal<>() {
        @Override
        protected Map<Object, WeakReference<Object>> initialValue() {
          return new WeakHashMap<>();
        }
      };

  private Shared() {}

  /** The value that is equal to that one and was there first. */
  @SuppressWarnings("unchecked") // equal values are of the same class
  static <T> T of(T value) {
    Map<Object, WeakReference<Object>> values = VALUES.get();
    WeakReference<Object> known = values.get(value);
    Object first = known == null ? null : known.get();
    if (first != null) {
      return (T) first;
    }
    values.put(value, new WeakReference<>(value));
    return value;
  }
}
