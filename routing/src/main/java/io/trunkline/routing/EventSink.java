package io.trunkline.routing;

/** Takes events. Safe to call from any thread; never blocks, never throws. */
@FunctionalInterface
public interface EventSink {
  void emit(Event event);
}
