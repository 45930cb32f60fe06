package io.trunkline.healthcheck.rest;

import java.time.Instant;

/** How a question to a REST API ended. */
public sealed interface RestReply {

  /** When the question was sent; for one that never was, when dialling began. */
  Instant askedAt();

  /**
   * A whole answer.
   *
   * @param askedAt when the request was written
   * @param at when the last byte came
   * @param status of HTTP
   * @param body as text
   */
  record Answered(Instant askedAt, Instant at, int status, String body) implements RestReply {}

  /**
   * None.
   *
   * @param askedAt when dialling began
   * @param reason for people
   */
  record Failed(Instant askedAt, String reason) implements RestReply {}
}
