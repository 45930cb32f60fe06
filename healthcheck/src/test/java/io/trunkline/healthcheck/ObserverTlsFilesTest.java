package io.trunkline.healthcheck;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.config.TlsFilesMatrix;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.healthcheck.common.TlsKeeper;
import io.trunkline.healthcheck.common.TlsState;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;

/** Of etcd, the REST API and the sentinel. */
class ObserverTlsFilesTest extends TlsFilesMatrix {
  private static final String CLUSTER = "clusters: [{scope: main, ";

  @Override
  protected Map<String, User> users() {
    return Map.of(
        "etcd",
        new Part(
            CLUSTER + "etcd: {hosts: [localhost], protocol: https, %s}}]",
            keeper -> keeper.etcd().orElseThrow()),
        "REST API",
        new Part(CLUSTER + "patroni: {hosts: [localhost], %s}}]", TlsKeeper::rest),
        "sentinel",
        new Part(
            CLUSTER
                + "etcd: {hosts: [localhost]}, sentinel: {user: u, password: p, tls: {mode:"
                + " verify_full, %s}}}]",
            keeper -> keeper.sentinel().orElseThrow()));
  }

  private record Part(String yaml, Function<TlsKeeper, TlsState> state) implements User {
    @Override
    public String configuration(String keys) {
      return yaml.formatted(keys);
    }

    @Override
    public Running run(TrunklineConfig config) throws IOException {
      TlsKeeper keeper = new TlsKeeper(config.clusters().getFirst(), Optional.empty());
      keeper.refresh();
      return switch (state.apply(keeper)) {
        case TlsState.Broken(String reason) -> throw new IOException(reason.replace("TLS: ", ""));
        case TlsState.Ready ready -> new Opened(ready);
      };
    }
  }

  private record Opened(TlsState.Ready ready) implements Running {
    @Override
    public SSLEngine engine() {
      return ready.context().newEngine(UnpooledByteBufAllocator.DEFAULT, "localhost", 1);
    }

    @Override
    public void close() {}
  }
}
