package io.trunkline.daemon.warmup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The REST APIs of a primary and two replicas, on loopback (Patroni docs: "Patroni REST API"). Each
 * answers one request at a time, as often as it is asked.
 */
final class ScriptedPatroni implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final int BACKLOG = 16;

  private final List<ServerSocket> sockets = new ArrayList<>();

  ScriptedPatroni() throws IOException {
    for (int i = 0; i < MEMBERS; i++) {
      sockets.add(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    }
    for (int i = 0; i < MEMBERS; i++) {
      int member = i;
      Scripts.start("warm-up patroni " + i, () -> serve(member));
    }
  }

  /** Where they are; the primary comes first. */
  List<URI> hosts() {
    return IntStream.range(0, MEMBERS).mapToObj(i -> URI.create(url(i))).toList();
  }

  /** As the REST API calls it. */
  static String name(int member) {
    return "member-" + member;
  }

  private String url(int member) {
    ServerSocket socket = sockets.get(member);
    return "http://%s:%d"
        .formatted(socket.getInetAddress().getHostAddress(), socket.getLocalPort());
  }

  private void serve(int member) throws IOException {
    while (true) {
      try (Socket peer = sockets.get(member).accept()) {
        answer(peer, member);
      } catch (IOException e) {
        if (sockets.get(member).isClosed()) {
          throw e;
        }
      }
    }
  }

  private void answer(Socket peer, int member) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.US_ASCII));
    String request = in.readLine();
    String line = request;
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
    boolean cluster = request != null && request.startsWith("GET /cluster");
    String body = cluster ? cluster() : self(member);
    String answer =
        "HTTP/1.0 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(
                cluster || member == 0 ? "200 OK" : "503 Service Unavailable", body.length(), body);
    peer.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
  }

  private static String self(int member) {
    String xlog =
        member == 0
            ? "{\"location\": 67108864}"
            : "{\"received_location\": 67108864, \"replayed_location\": 67108864}";
    return """
    {"state": "running", "role": "%s", "server_version": 170002, "xlog": %s, "timeline": 1, \
    "database_system_identifier": "7000000000000000000", \
    "patroni": {"version": "4.0.7", "scope": "health", "name": "%s"}}\
    """
        .formatted(member == 0 ? "primary" : "replica", xlog, name(member));
  }

  private String cluster() {
    return IntStream.range(0, MEMBERS)
        .mapToObj(
            i ->
                """
                {"name": "%s", "role": "%s", "state": "%s", "api_url": "%s/patroni", \
                "host": "127.0.0.1", "port": 1, "timeline": 1, "lag": 0}\
                """
                    .formatted(
                        name(i),
                        i == 0 ? "leader" : "replica",
                        i == 0 ? "running" : "streaming",
                        url(i)))
        .collect(Collectors.joining(", ", "{\"members\": [", "], \"scope\": \"health\"}"));
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }
}
