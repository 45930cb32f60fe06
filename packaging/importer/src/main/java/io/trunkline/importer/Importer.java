package io.trunkline.importer;

import io.trunkline.config.Problem;
import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Turns configuration files of HAProxy, keepalived, vip-manager and Patroni, in any combination,
 * into one configuration file of Trunkline. A pure function of its arguments.
 */
public final class Importer {
  private final Map<String, String> environment;
  private final String hostName;

  /**
   * @param environment for variables in haproxy.cfg
   * @param hostName of the machine that the files are from; its first part is what keepalived
   *     compares {@code @id} with
   */
  public Importer(Map<String, String> environment, String hostName) {
    this.environment = Map.copyOf(environment);
    this.hostName = hostName;
  }

  /** Translates these files; at least one. */
  public ImportResult translate(List<ImportSource> sources) {
    List<Problem> problems = new ArrayList<>();
    // Patroni's first: vip-manager and HAProxy are about the clusters that it names.
    Map<Dialect, List<ImportSource>> byDialect = new TreeMap<>(Comparator.reverseOrder());
    for (ImportSource source : sources) {
      Optional<Dialect> dialect = source.dialect().or(() -> Dialect.of(source.text()));
      if (source.text().length() > ImportSource.LARGEST) {
        problems.add(new Problem(source.file(), 0, 0, "", "is larger than 1 MB"));
      } else if (dialect.isEmpty()) {
        problems.add(
            new Problem(
                source.file(),
                0,
                0,
                "",
                "does not look like haproxy.cfg, keepalived.conf, vip-manager.yml or patroni.yml;"
                    + " if it is one, name it with --haproxy, --keepalived, --vip-manager or"
                    + " --patroni"));
      } else {
        byDialect.computeIfAbsent(dialect.get(), key -> new ArrayList<>()).add(source);
      }
    }
    var remarks = new Remarks();
    var plan = new Plan(remarks);
    byDialect.forEach((dialect, files) -> read(dialect, files, plan, problems));
    if (!problems.isEmpty()) {
      return new ImportResult.Unreadable(problems);
    }
    String yaml = new PlanWriter(plan.complete(sources), sources).write();
    return new ImportResult.Imported(yaml, remarks.sorted());
  }

  private void read(
      Dialect dialect, List<ImportSource> sources, Plan plan, List<Problem> problems) {
    try {
      switch (dialect) {
        case PATRONI -> plan.patroni(sources);
        case VIP_MANAGER -> plan.vipManager(sources);
        case KEEPALIVED -> plan.keepalived(sources, hostName.split("\\.", -1)[0]);
        case HAPROXY -> plan.haproxy(sources, environment);
      }
    } catch (Unparsable unparsable) {
      problems.add(unparsable.problem());
    }
  }
}
