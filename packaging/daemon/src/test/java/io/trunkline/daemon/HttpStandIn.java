package io.trunkline.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server on loopback whose answers a test sets, and changes. */
final class HttpStandIn implements AutoCloseable {
  /** How it answers. */
  enum Manner {
    AT_ONCE,
    /** Not at all, until it is closed. */
    NEVER,
    /** A byte every tenth of a second: no read of it takes long, all of it takes minutes. */
    BYTE_BY_BYTE
  }

  private record Answer(Manner manner, int status, String body) {}

  private static final Answer NOT_FOUND = new Answer(Manner.AT_ONCE, 404, "no such page");

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  HttpStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  HttpStandIn with(String path, int status, String body) {
    return with(path, Manner.AT_ONCE, status, body);
  }

  HttpStandIn with(String path, Manner manner, int status, String body) {
    answers.put(path, new Answer(manner, status, body));
    return this;
  }

  /** {@code 127.0.0.1:port}. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many requests have come. */
  int asked() {
    return asked.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    Answer answer = answers.getOrDefault(exchange.getRequestURI().getPath(), NOT_FOUND);
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    try (exchange;
        OutputStream out = exchange.getResponseBody()) {
      if (answer.manner() == Manner.NEVER) {
        Thread.sleep(60_000);
      }
      exchange.sendResponseHeaders(answer.status(), body.length);
      if (answer.manner() == Manner.AT_ONCE) {
        out.write(body);
        return;
      }
      for (byte one : body) {
        out.write(one);
        out.flush();
        Thread.sleep(100);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
