package io.trunkline.daemon.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The first and the second request to stop, SIGTERM or SIGINT, and requests to reload, SIGHUP.
 *
 * <p>A shutdown hook would hear the first only, and could not choose the exit code; {@code
 * sun.misc.Signal} (module jdk.unsupported) hears both. The compiler warns of any mention of it,
 * which cannot be suppressed, hence the reflection.
 */
final class Signals {
  private static final List<String> HEARD = List.of("TERM", "INT", "HUP");
  private static final String RELOAD = "SIGHUP";

  private final CompletableFuture<String> first = new CompletableFuture<>();
  private final CompletableFuture<String> second = new CompletableFuture<>();
  private volatile Consumer<String> reload = _ -> {};

  /** From now on these signals no longer end the process by themselves. */
  Signals trap() {
    HEARD.forEach(this::trap);
    return this;
  }

  void raise(String name) {
    if (name.equals(RELOAD)) {
      reload.accept(name);
    } else if (!first.complete(name)) {
      second.complete(name);
    }
  }

  /** Is told the name of the signal; before that a request to reload is in vain. */
  void onReload(Consumer<String> action) {
    reload = action;
  }

  CompletableFuture<String> first() {
    return first;
  }

  CompletableFuture<String> second() {
    return second;
  }

  private void trap(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler raising =
          (_, _, _) -> {
            raise("SIG" + name);
            return null;
          };
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              Proxy.newProxyInstance(
                  Signals.class.getClassLoader(), new Class<?>[] {handler}, raising));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("SIG" + name + " cannot be heard", e);
    }
  }
}
