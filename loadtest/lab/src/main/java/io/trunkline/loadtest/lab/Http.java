package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The test JVM's HTTP client, with the lab's client certificate where the lab speaks TLS. */
final class Http {
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private final HttpClient client;
  private final String scheme;

  private Http(HttpClient client, String scheme) {
    this.client = client;
    this.scheme = scheme;
  }

  static Http plain() {
    return new Http(builder().build(), "http");
  }

  static Http encrypted(Path certificates) {
    return new Http(builder().sslContext(Tls.context(certificates)).build(), "https");
  }

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
  }

  Reply send(
      String method, String address, int port, String path, @Nullable String body, Duration limit)
      throws IOException {
    HttpRequest.BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest request =
        HttpRequest.newBuilder(uri(address, port, path))
            .timeout(limit)
            .method(method, publisher)
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  /** A response that goes on: read it line by line, close it to end it. */
  InputStream stream(String address, int port, String path, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri(address, port, path))
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return client.send(request, BodyHandlers.ofInputStream()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  void close() {
    client.shutdownNow();
  }

  private URI uri(String address, int port, String path) {
    return URI.create(scheme + "://" + address + ":" + port + path);
  }

  /** Status and body. */
  record Reply(int status, String body) {
    boolean ok() {
      return status == 200;
    }
  }
}
