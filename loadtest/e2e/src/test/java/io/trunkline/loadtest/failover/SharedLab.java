package io.trunkline.loadtest.failover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A lab for a test class, which its successor takes over: three plain members, three Trunkline
 * nodes and two stations, healed after each test. There are as many as classes run at a time. A
 * test that fails leaves the logs of every node in {@code target/lab-logs}.
 */
public final class SharedLab
    implements BeforeAllCallback, ParameterResolver, AfterTestExecutionCallback, AfterAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedLab.class);

  /** Room for the clients that connect at once during a failover. */
  private static final int MAX_CONNECTIONS = 2200;

  /** Labs that no class uses now; closed at the end. */
  private record Free(Queue<Lab> labs) implements AutoCloseable {
    @Override
    public void close() {
      labs.forEach(Lab::close);
    }
  }

  /** Not closed with the class that has it. */
  private record Taken(Lab lab) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Lab lab = free(context).labs().poll();
    context.getStore(NAMESPACE).put("lab", new Taken(lab == null ? start() : lab));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    free(context).labs().add(lab(context));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Lab.class;
  }

  @Override
  public Lab resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return lab(context);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Lab lab = lab(context);
    if (context.getExecutionException().isPresent()) {
      lab.saveLogs(Path.of("target", "lab-logs", context.getDisplayName()));
    }
    lab.heal();
  }

  private static Free free(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent("free", _ -> new Free(new ConcurrentLinkedQueue<>()), Free.class);
  }

  private static Lab lab(ExtensionContext context) {
    return context.getStore(NAMESPACE).get("lab", Taken.class).lab();
  }

  private static Lab start() {
    return Lab.start(
        LabOptions.plain()
            .withMaxConnections(MAX_CONNECTIONS)
            .withStations(2)
            .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE));
  }
}
