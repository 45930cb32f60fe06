package io.trunkline.pgwire.state;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that what is known of the states of all sessions may take together. What sessions of
 * one event loop have in common, such as the prepared statements of a pool, is there once, and
 * counted once.
 */
public final class StateMemory {
  /** Bytes of an object beside its texts, with its place in a map. */
  static final int OBJECT = 256;

  /** Bytes of a reference in a list. */
  private static final int REFERENCE = 8;

  /** Without a limit. */
  static final StateMemory UNLIMITED = new StateMemory(Long.MAX_VALUE);

  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final FastThreadLocal<Map<Object, Held>> held =
      new FastThreadLocal<>() {
        @Override
        protected Map<Object, Held> initialValue() {
          return new HashMap<>();
        }
      };

  /** A value, and how many have it. */
  private static final class Held {
    final Object value;
    final long bytes;
    int holders;

    Held(Object value, long bytes) {
      this.value = value;
      this.bytes = bytes;
    }
  }

  /**
   * @param limit bytes
   */
  public StateMemory(long limit) {
    this.limit = limit;
  }

  /** Bytes. */
  public long limit() {
    return limit;
  }

  /** Bytes that are taken now. */
  public long used() {
    return used.get();
  }

  /** Whether there is room again after it was full. */
  public boolean hasRoom() {
    return used.get() < limit - limit / 10;
  }

  /**
   * Takes so many bytes.
   *
   * @return whether they are there; if not, nothing is taken
   */
  boolean take(long bytes) {
    long before = used.get();
    while (bytes <= limit - before) {
      if (used.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = used.get();
    }
    return false;
  }

  /** Takes a few bytes that can be there even where the rest is full. */
  void takeAnyway(long bytes) {
    used.addAndGet(bytes);
  }

  /** Gives back what was taken. */
  void free(long bytes) {
    used.addAndGet(-bytes);
  }

  /**
   * Takes the memory of a state, as far as no other session of this event loop has the same. It is
   * to be {@linkplain #release released} on this event loop.
   *
   * @return an equal one; empty: there is no memory for it, and nothing is taken
   */
  public Optional<SavedState> hold(SavedState state) {
    if (state.equals(SavedState.FRESH)) {
      return Optional.of(SavedState.FRESH);
    }
    Held known = held.get().get(state);
    if (known != null) {
      known.holders++;
      return Optional.of((SavedState) known.value);
    }
    List<SavedState.Setting> settings = new ArrayList<>();
    List<SavedState.Statement> statements = new ArrayList<>();
    Optional<SavedState> shared = Optional.empty();
    if (holdAll(state.settings(), settings) && holdAll(state.statements(), statements)) {
      shared =
          holdOne(
              new SavedState(
                  settings, state.role(), state.authorization(), statements, state.channels()));
    }
    if (shared.isEmpty()) {
      settings.forEach(this::releaseOne);
      statements.forEach(this::releaseOne);
    }
    return shared;
  }

  /** The session no longer has that state, which it has got from {@link #hold}. */
  public void release(SavedState state) {
    if (!state.equals(SavedState.FRESH) && releaseOne(state)) {
      state.settings().forEach(this::releaseOne);
      state.statements().forEach(this::releaseOne);
    }
  }

  /**
   * @param shared is added what is held
   * @return whether there is memory for all
   */
  private <T> boolean holdAll(List<T> values, List<T> shared) {
    for (T value : values) {
      Optional<T> one = holdOne(value);
      if (one.isEmpty()) {
        return false;
      }
      shared.add(one.get());
    }
    return true;
  }

  @SuppressWarnings("unchecked") // equal values are of the same class
  private <T> Optional<T> holdOne(T value) {
    Map<Object, Held> values = held.get();
    Held known = values.get(value);
    if (known == null) {
      known = new Held(value, bytes(value));
      if (!take(known.bytes)) {
        return Optional.empty();
      }
      values.put(value, known);
    }
    known.holders++;
    return Optional.of((T) known.value);
  }

  /** Whether nobody has it any more. */
  private boolean releaseOne(Object value) {
    Map<Object, Held> values = held.get();
    Held known = Objects.requireNonNull(values.get(value), "it is not held");
    known.holders--;
    if (known.holders > 0) {
      return false;
    }
    values.remove(value);
    free(known.bytes);
    return true;
  }

  private static long bytes(Object value) {
    return (long) OBJECT
        + switch (value) {
          case SavedState.Setting setting -> setting.name().length() + setting.value().length();
          case SavedState.Statement statement ->
              statement.name().length() + statement.text().length() + statement.types().length();
          case SavedState state ->
              state.role().length()
                  + state.authorization().length()
                  + REFERENCE * (state.settings().size() + state.statements().size())
                  + state.channels().stream().mapToInt(name -> OBJECT + name.length()).sum();
          default -> throw new IllegalArgumentException("not part of a state");
        };
  }
}
