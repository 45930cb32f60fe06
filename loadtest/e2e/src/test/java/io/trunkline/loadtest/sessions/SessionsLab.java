package io.trunkline.loadtest.sessions;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.workload.Target;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A primary and three replicas that take clients with and without TLS, two Trunkline nodes with a
 * listener of each kind, and two HAProxy nodes beside them.
 */
public final class SessionsLab
    implements BeforeAllCallback, ParameterResolver, AfterTestExecutionCallback {
  static final int WRITE = 5000;
  static final int READ = 5001;
  static final int WRITE_TERMINATED = 6000;
  static final int READ_TERMINATED = 6001;

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SessionsLab.class);

  private static final String LISTENERS =
      """
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary}
        - {name: read, bind: "0.0.0.0:5001", route: replica}
        - name: write_terminated
          bind: "0.0.0.0:6000"
          route: primary
          tls: {mode: terminate, cert: /lab/certs/node.crt, key: /lab/certs/node.key}
        - name: read_terminated
          bind: "0.0.0.0:6001"
          route: replica
          tls: {mode: terminate, cert: /lab/certs/node.crt, key: /lab/certs/node.key}
      """;

  /** Closed with the class. */
  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getStore(NAMESPACE)
        .put(
            "lab",
            Lab.start(
                LabOptions.encrypted()
                    .withTlsAndPlaintext()
                    .withMembers(4)
                    .withTrunkline(LISTENERS)
                    .withProxies(
                        ProxyKind.TRUNKLINE,
                        ProxyKind.TRUNKLINE,
                        ProxyKind.HAPROXY_TUNED,
                        ProxyKind.HAPROXY_TUNED)));
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
    if (context.getExecutionException().isPresent()) {
      lab(context).saveLogs(Path.of("target", "lab-logs", context.getDisplayName()));
    }
    lab(context).heal();
  }

  /** That target without TLS. */
  static Target plaintext(Target target) {
    return target.withCaCertificate(null);
  }

  private static Lab lab(ExtensionContext context) {
    return context.getStore(NAMESPACE).get("lab", Lab.class);
  }
}
