package io.trunkline.daemon.admin;

import java.util.concurrent.CompletableFuture;

/** Answers a request, at once or later. Runs on the admin event loop, so it must not block. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers.
   *
   * @throws Refused saying in one sentence why not
   */
  CompletableFuture<AdminResponse> handle(AdminRequest request) throws Refused;

  /** It cannot be done. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private Refused(int status, String why) {
      super(why);
      this.status = status;
    }

    /** What it is about does not exist. */
    public static Refused unknown(String why) {
      return new Refused(404, why);
    }

    /** Not as things are now. */
    public static Refused notNow(String why) {
      return new Refused(409, why);
    }

    AdminResponse response() {
      return AdminResponse.text(status, String.valueOf(getMessage()));
    }
  }
}
