package io.trunkline.healthcheck.dcs.etcd;

import io.netty.handler.ssl.JdkSslContext;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.ClientTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What a port of etcd speaks where gRPC does not come through. Since 3.4.25 and 3.5.8 etcd can have
 * HTTP on a port of its own ({@code --listen-client-http-urls}); Patroni uses that one, and gRPC
 * says only that the network was closed.
 */
final class EtcdPort {
  static final String HTTP_ONLY =
      "this port answers HTTP but not gRPC; if etcd has --listen-client-http-urls, give the port of"
          + " --listen-client-urls here";

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int MOST = 4096;

  private final Optional<ClientTls> tls;

  EtcdPort(Optional<ClientTls> tls) {
    this.tls = tls;
  }

  /** Asks for etcd's version by HTTP, as Patroni does. Blocks for some seconds at most. */
  Optional<String> diagnose(HostPort host) {
    try (Socket socket = new Socket()) {
      int limit = Math.toIntExact(LIMIT.toMillis());
      socket.setSoTimeout(limit);
      socket.connect(new InetSocketAddress(host.host(), host.port()), limit);
      if (tls.isEmpty()) {
        return ask(socket, host);
      }
      return tls.get().context().orElse(null) instanceof JdkSslContext context
          ? overTls(context, socket, host)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it speaks neither, or is not there
    }
  }

  private static Optional<String> overTls(JdkSslContext tls, Socket plain, HostPort host)
      throws IOException {
    try (Socket socket =
        tls.context().getSocketFactory().createSocket(plain, host.host(), host.port(), true)) {
      return ask(socket, host);
    }
  }

  private static Optional<String> ask(Socket socket, HostPort host) throws IOException {
    String request =
        "GET /version HTTP/1.0\r\nHost: %s\r\nUser-Agent: trunkline\r\n\r\n".formatted(host);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    String answer = new String(socket.getInputStream().readNBytes(MOST), StandardCharsets.US_ASCII);
    return answer.startsWith("HTTP/1.") && answer.contains("etcdserver")
        ? Optional.of(HTTP_ONLY)
        : Optional.empty();
  }
}
