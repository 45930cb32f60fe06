package io.trunkline.healthcheck;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.TlsFilesMatrix;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.dcs.etcd.EtcdSource;
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
            it -> EtcdSource.tls(it.etcd().orElseThrow(), Optional.empty()).orElseThrow()),
        "REST API",
        new Part(
            CLUSTER + "patroni: {hosts: [localhost], %s}}]",
            it -> ClusterObserver.restTls(it, Optional.empty())),
        "sentinel",
        new Part(
            CLUSTER
                + "etcd: {hosts: [localhost]}, sentinel: {user: u, password: p, tls: {mode:"
                + " verify_full, %s}}}]",
            it ->
                ClusterObserver.sentinelTls(it.sentinel().orElseThrow(), Optional.empty())
                    .orElseThrow()));
  }

  private record Part(String yaml, Function<ClusterConfig, ClientTls> made) implements User {
    @Override
    public String configuration(String keys) {
      return yaml.formatted(keys);
    }

    @Override
    public Running run(TrunklineConfig config) throws IOException {
      ClientTls tls = made.apply(config.clusters().getFirst());
      tls.refresh();
      if (tls.failure().isPresent()) {
        throw new IOException(tls.failure().get().replace("TLS: ", ""));
      }
      return new Opened(tls.context().orElseThrow());
    }
  }

  private record Opened(SslContext context) implements Running {
    @Override
    public SSLEngine engine() {
      return context.newEngine(UnpooledByteBufAllocator.DEFAULT, "localhost", 1);
    }

    @Override
    public void close() {}
  }
}
