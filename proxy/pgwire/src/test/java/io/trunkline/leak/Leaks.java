package io.trunkline.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What Netty's leak detectors report in this process. */
public final class Leaks {
  private static final long PATIENCE_MILLIS = 10_000;

  private static final Queue<ResourceLeakDetector<?>> DETECTORS = new ConcurrentLinkedQueue<>();
  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

  private Leaks() {}

  /** Has an effect on the classes of Netty that are initialised after it. */
  static void watch() {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Watching());
  }

  /** Collects the garbage; what was reported since this was called last. */
  static List<String> found() throws InterruptedException {
    collectGarbage();
    collectGarbage(); // what the first one found is in the detectors' queues now
    DETECTORS.forEach(Leaks::lookIntoQueue);
    List<String> found = new ArrayList<>();
    for (String report = REPORTS.poll(); report != null; report = REPORTS.poll()) {
      found.add(report);
    }
    return found;
  }

  /** Runs the collector, and returns when it has told of an object that could go. */
  public static void collectGarbage() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
    System.gc();
    if (queue.remove(PATIENCE_MILLIS) == null || !canary.refersTo(null)) {
      throw new IllegalStateException("System.gc() has no effect: is it switched off?");
    }
  }

  /** A detector reports when it is given the next object. */
  @SuppressWarnings("unchecked")
  private static void lookIntoQueue(ResourceLeakDetector<?> detector) {
    Object next = new Object();
    ResourceLeakTracker<Object> tracker =
        ((ResourceLeakDetector<Object>) detector).trackForcibly(next);
    if (tracker != null) {
      tracker.close(next);
    }
  }

  private static final class Watching extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation") // the abstract one
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return newResourceLeakDetector(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      ResourceLeakDetector<T> detector = new Collecting<>(resource, samplingInterval);
      DETECTORS.add(detector);
      return detector;
    }
  }

  private static final class Collecting<T> extends ResourceLeakDetector<T> {
    Collecting(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
      REPORTS.add("LEAK: " + resource + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
      REPORTS.add("LEAK: " + resource);
    }
  }
}
