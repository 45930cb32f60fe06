package io.trunkline.config;

import java.util.List;
import java.util.Optional;

/** The clusters of the file, to which listeners and VIPs refer by name. */
record Clusters(List<ClusterConfig> all) {

  /** The cluster that the key {@code cluster} names; the only one when there is only one. */
  Optional<ClusterConfig> referredBy(MappingReader in) {
    List<String> names = all.stream().map(ClusterConfig::name).toList();
    Optional<Value> reference = in.value("cluster");
    if (reference.isEmpty()) {
      if (all.size() > 1 && !in.has("cluster")) {
        in.problem("cluster", "is missing; there are several clusters: write cluster: NAME");
      }
      return all.stream().findFirst();
    }
    String name = reference.get().text();
    Optional<ClusterConfig> found =
        all.stream().filter(cluster -> cluster.name().equals(name)).findFirst();
    boolean allNamed = names.stream().noneMatch(String::isEmpty);
    if (found.isEmpty() && allNamed) {
      in.problem(
          "cluster",
          "no cluster is named %s%s (there is: %s)"
              .formatted(
                  Shown.of(name),
                  Suggestions.didYouMean(name, names),
                  names.isEmpty() ? "none" : String.join(", ", names)));
    }
    return found;
  }
}
