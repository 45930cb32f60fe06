package io.trunkline.healthcheck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A REST API that follows a script: Patroni's manners (HTTP/1.0, then hang up) unless told. */
public final class FakePatroni implements AutoCloseable {
  private final ServerSocket server;
  private final boolean tls;
  private final ConcurrentHashMap<Socket, Boolean> open = new ConcurrentHashMap<>();
  private final Queue<Long> asked = new ConcurrentLinkedQueue<>();
  private volatile Script script = Script.json(503, Bodies.replica(1));

  public FakePatroni() {
    this(plain(), false);
  }

  public FakePatroni(ServerSocket server, boolean tls) {
    this.server = server;
    this.tls = tls;
    Thread.ofVirtual().start(this::accept);
  }

  /** What happens on a connection once the request is read. */
  public interface Script {
    void run(String path, Socket socket, OutputStream out) throws IOException;

    static Script json(int status, String body) {
      return (path, socket, out) ->
          out.write(
              ("HTTP/1.0 " + status + " X\r\nContent-Type: application/json\r\n\r\n" + body)
                  .getBytes(StandardCharsets.UTF_8));
    }

    static Script raw(String answer) {
      return (path, socket, out) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Says nothing until the other side gives up. */
    static Script hang() {
      return (path, socket, out) -> {
        int read = socket.getInputStream().read();
        assert read <= 0;
      };
    }
  }

  public void script(Script next) {
    script = next;
  }

  /** When questions came, as {@link System#nanoTime}. */
  public Queue<Long> asked() {
    return asked;
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return (tls ? "https" : "http") + "://127.0.0.1:" + port();
  }

  public String memberJson(String role, long timeline) {
    return """
    {"conn_url":"postgres://127.0.0.1:5432/postgres","api_url":"%s/patroni","state":"running",\
    "role":"%s","version":"3.0.2","xlog_location":100,"timeline":%d}\
    """
        .formatted(url(), role, timeline);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open.keySet()) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket plain() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.put(socket, true);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // closed, or one connection less
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String request = in.readLine();
      String line = request;
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      if (request != null) {
        asked.add(System.nanoTime());
        script.run(request.split(" ", -1)[1], socket, socket.getOutputStream());
        socket.getOutputStream().flush();
      }
    } catch (IOException e) {
      // the other side gave up, as some scripts intend
    } finally {
      open.remove(socket);
    }
  }
}
