package io.trunkline.proxy.backend;

import io.netty.channel.EventLoop;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.scram.ScramVerifier;
import java.util.function.Consumer;

/** Knows which verifiers roles have, by asking the members. */
public interface VerifierSource {
  /** What is known of a role. */
  sealed interface Answer {
    /** It has that one; whoever asked owns it. */
    record Found(ScramVerifier verifier) implements Answer {}

    /** The query names no verifier: no such role, one that it leaves out, or another password. */
    record None() implements Answer {}

    /**
     * Nobody knows.
     *
     * @param why for the log
     */
    record Failed(String why) implements Answer {}
  }

  /**
   * Asks one member.
   *
   * @param answer gets it on the loop, within a second
   */
  void ask(HostPort member, String role, EventLoop loop, Consumer<Answer> answer);
}
