package io.trunkline.daemon.admin;

import java.util.Optional;
import java.util.function.Function;

/** Changes something about this node. Runs on the admin event loop, so it must not block. */
@FunctionalInterface
public interface NodeAction {

  /**
   * Does it.
   *
   * @param parameters of the request, by name
   * @throws Refused saying in one sentence why not
   */
  Object perform(Function<String, Optional<String>> parameters) throws Refused;

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

    int status() {
      return status;
    }
  }
}
