package io.trunkline.leak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test class after which a leak is reported. JUnit finds it as a service. Netty reports
 * the same leak once only, so a class that Maven runs again would pass: the file that is written
 * here fails the build then (pom.xml, leaks).
 */
public final class LeakCheck implements AfterAllCallback {
  private static final Path FILE = Path.of("target", "leaks.txt");

  static {
    Leaks.watch();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
    List<String> found = Leaks.found();
    if (!found.isEmpty()) {
      String report =
          "not released, by %s or a class before it: %s%n"
              .formatted(context.getDisplayName(), String.join("\n", found));
      Files.writeString(FILE, report, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      throw new AssertionError(report);
    }
  }
}
