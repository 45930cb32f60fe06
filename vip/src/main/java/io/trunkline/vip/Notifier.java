package io.trunkline.vip;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Calls the listener, in order, on a thread of its own: whatever it does there, the protocol goes
 * on. What it throws becomes a warning.
 */
final class Notifier implements AutoCloseable {
  private final VipListener listener;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "vip-events");
            thread.setDaemon(true);
            return thread;
          });

  Notifier(VipListener listener) {
    this.listener = listener;
  }

  /** On this thread. */
  void opening(String vip, List<InetAddress> addresses) {
    guarded(vip, () -> listener.opening(vip, addresses));
  }

  /** On this thread. */
  void closing(String vip, List<InetAddress> addresses) {
    guarded(vip, () -> listener.closing(vip, addresses));
  }

  void transition(VipTransition transition) {
    run(transition.vip(), () -> listener.transition(transition));
  }

  void lost(String vip, List<InetAddress> addresses, VipReason reason) {
    run(vip, () -> listener.lost(vip, addresses, reason));
  }

  void warning(String vip, String text) {
    run(vip, () -> listener.warning(vip, text));
  }

  /** {@code then} runs when the sessions have ended, however that went. */
  void leaving(String vip, List<InetAddress> addresses, VipReason reason, Runnable then) {
    run(
        vip,
        () -> {
          try {
            listener.leaving(vip, addresses, reason).whenComplete((_, _) -> then.run());
          } catch (RuntimeException e) {
            then.run();
            throw e;
          }
        });
  }

  private void run(String vip, Runnable call) {
    if (thread.isShutdown()) {
      return;
    }
    thread.execute(() -> guarded(vip, call));
  }

  private void guarded(String vip, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      listener.warning(vip, "the listener failed: " + e);
    }
  }

  /** What has been reported still arrives. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
