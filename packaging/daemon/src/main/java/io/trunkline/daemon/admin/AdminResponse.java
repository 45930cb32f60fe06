package io.trunkline.daemon.admin;

import io.netty.channel.Channel;
import io.trunkline.daemon.status.StatusJson;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What is answered.
 *
 * @param status of HTTP
 * @param type of the body
 * @param headers beyond those that every answer has; they win over those
 */
public record AdminResponse(int status, String type, Body body, Map<String, String> headers) {
  private static final String TEXT = "text/plain; charset=utf-8";

  /** What comes after the headers. */
  sealed interface Body {}

  /** All of it. */
  record Text(String text) implements Body {}

  /**
   * All of it, made while it is sent. It has no length and ends with the connection.
   *
   * @param pieces of at most a few thousand characters each; asked for on the admin event loop
   * @param done runs when all has been sent, or the connection is gone
   */
  record Pieces(Iterator<? extends CharSequence> pieces, Runnable done) implements Body {}

  /**
   * Whatever is written to the connection from now on, until it closes.
   *
   * @param begin is handed the connection once, on its event loop, behind the headers
   */
  record Stream(Consumer<Channel> begin) implements Body {}

  static AdminResponse text(int status, String body) {
    return new AdminResponse(status, TEXT, new Text(body + "\n"), Map.of());
  }

  static AdminResponse of(String type, String body) {
    return new AdminResponse(200, type, new Text(body), Map.of());
  }

  /** That as JSON. */
  public static AdminResponse json(Object body) {
    return of("application/json", StatusJson.write(body) + "\n");
  }

  static AdminResponse json(Iterator<? extends CharSequence> pieces, Runnable done) {
    return new AdminResponse(200, "application/json", new Pieces(pieces, done), Map.of());
  }

  static AdminResponse notAllowed(String allow, String why) {
    return text(405, why).with("allow", allow);
  }

  static AdminResponse stream(String type, Consumer<Channel> begin) {
    return new AdminResponse(200, type, new Stream(begin), Map.of());
  }

  /** It is known at once. */
  public CompletableFuture<AdminResponse> now() {
    return CompletableFuture.completedFuture(this);
  }

  AdminResponse with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new AdminResponse(status, type, body, Map.copyOf(more));
  }
}
