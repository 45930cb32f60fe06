package io.trunkline.loadtest.failover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One lab for all tests that ask for it: three plain members, three Trunkline nodes and two
 * stations, healed after each test. A test that fails leaves the logs of every node in {@code
 * target/lab-logs}.
 */
public final class SharedLab implements ParameterResolver, AfterTestExecutionCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedLab.class);

  /** Room for the clients that connect at once during a failover. */
  private static final int MAX_CONNECTIONS = 2200;

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

  private static Lab lab(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "lab",
            _ ->
                Lab.start(
                    LabOptions.plain()
                        .withMaxConnections(MAX_CONNECTIONS)
                        .withStations(2)
                        .withProxies(
                            ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE)),
            Lab.class);
  }
}
