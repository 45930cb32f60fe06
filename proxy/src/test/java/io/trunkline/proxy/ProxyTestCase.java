package io.trunkline.proxy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Closes what a test has opened, the last first. */
public abstract class ProxyTestCase {
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  public final void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  public final <T extends AutoCloseable> T using(T resource) {
    opened.add(resource);
    return resource;
  }
}
