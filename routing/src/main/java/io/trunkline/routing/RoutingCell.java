package io.trunkline.routing;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The cell through which the routing tables of one cluster are published: one writer, any number of
 * readers.
 */
public final class RoutingCell {
  private final List<Consumer<RoutingTable>> readers = new CopyOnWriteArrayList<>();
  private volatile @Nullable RoutingTable current;

  /** The newest table; empty until the first view is in. */
  public Optional<RoutingTable> current() {
    return Optional.ofNullable(current);
  }

  /** Is called on the writer's thread after each publication; must not block. */
  public void subscribe(Consumer<RoutingTable> reader) {
    readers.add(reader);
  }

  /** Ends a subscription. */
  public void unsubscribe(Consumer<RoutingTable> reader) {
    readers.remove(reader);
  }

  /** What was known is not about this cluster any more; only the single writer calls this. */
  public void forget() {
    current = null;
  }

  /** Publishes a table; only the single writer calls this. */
  public void publish(RoutingTable table) {
    current = table;
    readers.forEach(reader -> reader.accept(table));
  }
}
