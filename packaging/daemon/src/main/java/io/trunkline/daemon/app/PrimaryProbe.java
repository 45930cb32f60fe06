package io.trunkline.daemon.app;

import io.trunkline.config.HostPort;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Failures;
import io.trunkline.routing.Member;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Dials the primary of one cluster while it is not known whether this node reaches it: a node
 * without the address has no clients whose sessions would tell. Nothing is sent, so PostgreSQL logs
 * nothing.
 */
final class PrimaryProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ConnectObserver connects;
  private final AtomicBoolean underWay = new AtomicBoolean();

  /**
   * @param connects is told what dialling comes to
   */
  PrimaryProbe(ConnectObserver connects) {
    this.connects = connects;
  }

  /** Dials that member, if no dial is under way. Does not wait. */
  void look(String cluster, Member primary) {
    primary
        .postgres()
        .filter(_ -> underWay.compareAndSet(false, true))
        .ifPresent(
            address ->
                Thread.ofVirtual()
                    .name("primary-probe-" + cluster)
                    .start(() -> dial(cluster, primary.name(), address)));
  }

  private void dial(String cluster, String member, HostPort address) {
    Optional<String> failure = dial(address);
    underWay.set(false);
    failure.ifPresentOrElse(
        why -> connects.failed(cluster, member, why), () -> connects.connected(cluster, member));
  }

  private static Optional<String> dial(HostPort address) {
    try (Socket socket = new Socket()) {
      socket.connect(address.resolve(), Math.toIntExact(PATIENCE.toMillis()));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(Failures.describe(e));
    }
  }
}
