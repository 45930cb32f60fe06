package io.trunkline.loadtest.vip;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What is behind and in front of the proxies, in a namespace of its own: a Patroni that says it is
 * the primary, a PostgreSQL that answers every message, and its clients.
 */
public final class BusyCluster {
  static final int PATRONI = 8008;
  static final int POSTGRES = 5432;

  private static final long PAUSE_NANOS = 100_000_000;
  private static final byte[] WELCOME = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};
  private static final byte[] ANSWER = {
    'C', 0, 0, 0, 13, 'S', 'E', 'L', 'E', 'C', 'T', ' ', '1', 0, 'Z', 0, 0, 0, 5, 'I'
  };
  private static final byte[] QUERY = {'Q', 0, 0, 0, 13, 's', 'e', 'l', 'e', 'c', 't', ' ', '1', 0};
  private static final byte[] STARTUP = startup();

  private final String address;
  private final LongAdder answers = new LongAdder();
  private final LongAdder losses = new LongAdder();

  private BusyCluster(String address) {
    this.address = address;
  }

  /**
   * @param args its address; the virtual address; the port; how many clients
   */
  public static void main(String[] args) throws IOException {
    BusyCluster cluster = new BusyCluster(args[0]);
    cluster.patroni();
    cluster.postgres();
    System.out.println("ready");
    if (System.in.read() < 0) {
      return;
    }
    InetSocketAddress vip = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
    for (int i = Integer.parseInt(args[3]); i > 0; i--) {
      Thread.ofVirtual().start(() -> cluster.client(vip));
    }
    while (true) {
      System.out.println(cluster.answers.sum() + " " + cluster.losses.sum());
      LockSupport.parkNanos(1_000_000_000);
    }
  }

  private void patroni() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, PATRONI), 10);
    server.createContext(
        "/",
        exchange -> {
          boolean all = exchange.getRequestURI().getPath().equals("/cluster");
          byte[] body = (all ? everybody() : itself()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  private String everybody() {
    return """
    {"scope": "busy", "members": [{"name": "pg-1", "role": "leader", "state": "running",
     "api_url": "http://%s:%d/patroni", "host": "%s", "port": %d, "timeline": 1}]}
    """
        .formatted(address, PATRONI, address, POSTGRES);
  }

  private static String itself() {
    return """
    {"state": "running", "role": "primary", "timeline": 1, "server_version": 170000,
     "xlog": {"location": 1000}, "patroni": {"version": "4.0.4", "scope": "busy", "name": "pg-1"}}
    """;
  }

  private void postgres() throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(address, POSTGRES), 4096);
    Thread.ofPlatform().daemon().start(() -> accept(server));
  }

  private static void accept(ServerSocket server) {
    while (true) {
      try {
        Socket session = server.accept();
        Thread.ofVirtual().start(() -> serve(session));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void serve(Socket session) {
    try (session) {
      session.setTcpNoDelay(true);
      InputStream in = session.getInputStream();
      OutputStream out = session.getOutputStream();
      in.readNBytes(STARTUP.length);
      out.write(WELCOME);
      while (in.readNBytes(QUERY.length).length == QUERY.length) {
        out.write(ANSWER);
      }
    } catch (IOException e) {
      // Its client is told by the proxy.
    }
  }

  private void client(InetSocketAddress vip) {
    while (true) {
      try (Socket session = new Socket()) {
        session.connect(vip, 5000);
        session.setTcpNoDelay(true);
        InputStream in = session.getInputStream();
        session.getOutputStream().write(STARTUP);
        expect(in, WELCOME.length);
        while (true) {
          session.getOutputStream().write(QUERY);
          expect(in, ANSWER.length);
          answers.increment();
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (IOException e) {
        losses.increment();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static void expect(InputStream in, int bytes) throws IOException {
    if (in.readNBytes(bytes).length < bytes) {
      throw new IOException("the session has ended");
    }
  }

  private static byte[] startup() {
    byte[] parameters = "user\0app\0database\0app\0\0".getBytes(StandardCharsets.US_ASCII);
    return java.nio.ByteBuffer.allocate(8 + parameters.length)
        .putInt(8 + parameters.length)
        .putInt(196_608)
        .put(parameters)
        .array();
  }
}
