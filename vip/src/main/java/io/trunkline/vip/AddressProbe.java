package io.trunkline.vip;

import io.trunkline.vip.linux.PacketSocket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks, before a node takes the addresses of a master that fell silent, whether another host uses
 * them: two ARP probes (RFC 5227 section 2.1.1, whose seconds of waiting no takeover can afford).
 * It is about one expiry of the machine's timer: once that is set again, the probe is void.
 */
final class AddressProbe {
  /** Nanoseconds from the first probe to the second. */
  private static final long APART = Duration.ofMillis(50).toNanos();

  /** How long an answer to the second may take. Nanoseconds. */
  private static final long PATIENCE = Duration.ofMillis(100).toNanos();

  /** When to ask again where a host has answered. Nanoseconds. */
  private static final long AGAIN = Duration.ofSeconds(1).toNanos();

  private static final int PROBES = 2;

  private final AddressGroup addresses;
  private long timer = LoopTime.NEVER;
  private long dueAt = LoopTime.NEVER;
  private int probes;
  private PacketSocket.@Nullable Contender answer;

  AddressProbe(AddressGroup addresses) {
    this.addresses = addresses;
  }

  enum Result {
    PENDING,
    /** A host has answered; asked again later. */
    TAKEN,
    /** Nobody has. */
    FREE
  }

  /** When something about the expiry of that timer is to be done, in nanoseconds. */
  long due(long expiry) {
    return expiry == timer ? dueAt : expiry;
  }

  /** Whether it is about that timer, and waits for answers. */
  boolean asks(long expiry) {
    return expiry == timer && probes > 0;
  }

  boolean about(long expiry) {
    return expiry == timer;
  }

  /** The next step, when it is {@link #due}. */
  Result onTime(long expiry, long now) {
    if (expiry != timer) {
      timer = expiry;
      probes = 0;
      answer = null;
    }
    if (answer != null) {
      answer = null;
      probes = 0;
      dueAt = now + AGAIN;
      return Result.TAKEN;
    }
    if (probes == PROBES) {
      end();
      return Result.FREE;
    }
    addresses.probe();
    probes++;
    dueAt = now + (probes == PROBES ? PATIENCE : APART);
    return Result.PENDING;
  }

  /** There is no need to ask any more. */
  void end() {
    timer = LoopTime.NEVER;
    dueAt = LoopTime.NEVER;
    probes = 0;
    answer = null;
  }

  /** Another host speaks for one of the addresses. */
  void answered(PacketSocket.Contender contender, long now) {
    answer = contender;
    dueAt = now;
  }

  /** Who has answered the probes that it waits for. */
  PacketSocket.@Nullable Contender answer() {
    return answer;
  }
}
