package io.trunkline.proxy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.TlsFilesMatrix;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.proxy.tls.Certificates;
import io.trunkline.proxy.tls.ServerTls;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;

/** Of TLS with clients that ends here, and of that with members. */
class ListenerTlsFilesTest extends TlsFilesMatrix {
  private static final String LISTENER =
      """
      clusters: [{scope: main, etcd: {hosts: [localhost]}}]
      listeners:
        - name: x
          bind: "127.0.0.1:1"
          route: any
          tls: {mode: terminate, require: true, %s}
      """;

  @Override
  protected Map<String, User> users() {
    return Map.of("listener", new Clients(), "backend", new Members());
  }

  private static final class Clients implements User {
    @Override
    public String configuration(String keys) {
      return LISTENER.formatted(keys.replace("cacert", "client_ca"));
    }

    @Override
    public Running run(TrunklineConfig config) throws IOException {
      return new Opened(config.listeners().getFirst(), "tls");
    }
  }

  private static final class Members implements User {
    @Override
    public String configuration(String keys) {
      return LISTENER.formatted(
              "cert: %s, key: %s".formatted(TestTls.file("server.crt"), TestTls.file("server.key")))
          + "    backend_tls: {mode: verify_full, %s}\n".formatted(keys);
    }

    @Override
    public Running run(TrunklineConfig config) throws IOException {
      return new Opened(config.listeners().getFirst(), "backend_tls");
    }
  }

  private static final class Opened implements Running {
    private final Certificates certificates = new Certificates(_ -> {}, InstantSource.system());
    private final SSLEngine engine;

    Opened(ListenerConfig listener, String section) throws IOException {
      Optional<ServerTls> server = certificates.serverTls(listener);
      Optional<BackendTls> backend = certificates.backendTls(listener);
      try {
        certificates.start();
      } catch (IOException e) {
        certificates.close();
        String place = "listener x: " + section + ": ";
        throw new IOException(String.valueOf(e.getMessage()).replace(place, ""), e);
      }
      engine =
          backend
              .map(it -> it.handler(UnpooledByteBufAllocator.DEFAULT, new HostPort("localhost", 1)))
              .orElseGet(() -> server.orElseThrow().handler(UnpooledByteBufAllocator.DEFAULT))
              .engine();
    }

    @Override
    public SSLEngine engine() {
      return engine;
    }

    @Override
    public void close() {
      ReferenceCountUtil.release(engine);
      certificates.close();
    }
  }
}
