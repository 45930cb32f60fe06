package io.trunkline.loadtest.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The same thing on several nodes at once; ends when all have ended. */
final class Parallel {
  private Parallel() {}

  static <T> void forEach(Collection<? extends T> items, Consumer<? super T> action) {
    List<Callable<Void>> calls = new ArrayList<>();
    for (T item : items) {
      calls.add(
          () -> {
            action.accept(item);
            return null;
          });
    }
    all(calls);
  }

  private static void all(List<Callable<Void>> calls) {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (Future<Void> result : threads.invokeAll(calls)) {
        result.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LabException cause
          ? cause
          : new LabException(String.valueOf(e.getCause()), e.getCause());
    }
  }
}
