package io.trunkline.daemon.app;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.routing.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** What surrounds a daemon in a test: a cluster and VIPs that do as they are told, and its log. */
final class ScriptedDaemon {
  final SampleCluster cluster = SampleCluster.healthy();
  final ScriptedClusters sources = new ScriptedClusters();
  final ScriptedVips vips = new ScriptedVips();
  final List<Event> log = new CopyOnWriteArrayList<>();

  /** A daemon with that configuration, not started yet; a reload reads the file again. */
  Daemon of(Path config) {
    ConfigResult.Valid valid = (ConfigResult.Valid) new ConfigLoader(Map.of()).load(config);
    return new Daemon(
        valid.config(),
        new Daemon.Surroundings(
            "1.2.3",
            Map.of(),
            List.of(),
            cluster::now,
            log::add,
            () -> 0,
            () -> new ConfigLoader(Map.of()).load(config),
            sources,
            vips::open));
  }
}
