package io.trunkline.packaging.admin;

import java.util.Optional;

/**
 * What is answered.
 *
 * @param status of HTTP
 * @param type of the body
 * @param body text
 * @param allow the methods that the path takes, where the request's is not one
 */
record AdminResponse(int status, String type, String body, Optional<String> allow) {
  private static final String TEXT = "text/plain; charset=utf-8";

  static AdminResponse text(int status, String body) {
    return new AdminResponse(status, TEXT, body + "\n", Optional.empty());
  }

  static AdminResponse of(String type, String body) {
    return new AdminResponse(200, type, body, Optional.empty());
  }

  static AdminResponse json(int status, String body) {
    return new AdminResponse(status, "application/json", body + "\n", Optional.empty());
  }

  static AdminResponse notAllowed(String allow, String why) {
    return new AdminResponse(405, TEXT, why + "\n", Optional.of(allow));
  }
}
