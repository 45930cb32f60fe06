package io.trunkline.daemon.warmup;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The REST APIs of a primary and two replicas, on loopback (Patroni docs: "Patroni REST API"). */
final class ScriptedPatroni implements AutoCloseable {
  private static final int MEMBERS = 3;
  static final int LONGEST_REQUEST = 4096;

  private final List<ScriptedServer> members = new ArrayList<>();

  ScriptedPatroni() throws IOException {
    for (int i = 0; i < MEMBERS; i++) {
      int member = i;
      members.add(new ScriptedServer("warm-up patroni", peer -> answer(peer, member)));
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
    return "http://" + members.get(member).address();
  }

  private void answer(Socket peer, int member) throws IOException {
    String request = request(peer);
    boolean cluster = request.startsWith("GET /cluster");
    String body = cluster ? cluster() : self(member);
    String answer =
        "HTTP/1.0 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(
                cluster || member == 0 ? "200 OK" : "503 Service Unavailable", body.length(), body);
    peer.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
  }

  /** All of it, up to the empty line; a longer one is answered as far as it was read. */
  static String request(Socket peer) throws IOException {
    InputStream in = peer.getInputStream();
    byte[] bytes = new byte[LONGEST_REQUEST];
    int length = 0;
    String request = "";
    while (!request.endsWith("\r\n\r\n") && length < bytes.length) {
      int more = in.read(bytes, length, bytes.length - length);
      if (more < 0) {
        throw new IOException("the request is not whole");
      }
      length += more;
      request = new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }
    return request;
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
    for (ScriptedServer member : members) {
      member.close();
    }
  }
}
