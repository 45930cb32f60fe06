package io.trunkline.config;

import java.util.List;
import java.util.Optional;

/** The clusters of the file, to which listeners and VIPs refer by name. */
record Clusters(List<ClusterConfig> all) {
  static final Type<String> NAME = Type.TEXT.as("name of a cluster");

  /** The cluster that the key names; the only one when there is only one. */
  Optional<ClusterConfig> referredBy(MappingReader in, Key<String> key) {
    List<String> names = all.stream().map(ClusterConfig::name).toList();
    Optional<String> reference = in.find(key);
    if (reference.isEmpty()) {
      if (all.size() > 1 && !in.has(key)) {
        in.problem(key, "is missing; there are several clusters: write cluster: NAME");
      }
      return all.stream().findFirst();
    }
    String name = reference.get();
    Optional<ClusterConfig> found =
        all.stream().filter(cluster -> cluster.name().equals(name)).findFirst();
    boolean allNamed = names.stream().noneMatch(String::isEmpty);
    if (found.isEmpty() && allNamed) {
      in.problem(
          key,
          "no cluster is named %s%s (there is: %s)"
              .formatted(
                  Shown.of(name),
                  Suggestions.didYouMean(name, names),
                  names.isEmpty() ? "none" : String.join(", ", names)));
    }
    return found;
  }
}
