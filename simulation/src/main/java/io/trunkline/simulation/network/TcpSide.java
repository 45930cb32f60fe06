package io.trunkline.simulation.network;

import io.trunkline.simulation.time.Scheduler;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TCP connection, as the kernel of its machine has it: what has arrived and has not
 * been read, and what is to be sent. Bytes arrive in order or not at all.
 */
public final class TcpSide {
  /** Bytes that may be under way or unread at the other end. */
  private static final int WINDOW = 64 * 1024;

  private static final long FIRST_RETRANSMISSION = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LAST_RETRANSMISSION = TimeUnit.SECONDS.toNanos(5);

  /** TCP_USER_TIMEOUT of both ends, as Trunkline sets it by default. */
  private static final long USER_TIMEOUT = TimeUnit.SECONDS.toNanos(20);

  /** Keepalive of both ends: 10 s idle, then every 5 s, three times. */
  private static final long KEEPALIVE = TimeUnit.SECONDS.toNanos(25);

  private static final byte[] FIN = new byte[0];

  private final Network network;
  private final Scheduler scheduler;
  private final String host;
  private final String peerHost;
  private final ArrayDeque<byte[]> toSend = new ArrayDeque<>();
  private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
  private @Nullable TcpSide peer;
  private Listener listener = _ -> {};
  private State state = State.CONNECTING;
  private String failure = "";
  private boolean finSent;
  private boolean finArrived;
  private int outstanding;
  private long headSince;
  private long lastArrival;
  private long retransmission = FIRST_RETRANSMISSION;
  private boolean transmitting;
  private boolean broken;

  /** What has become of it. */
  public enum State {
    CONNECTING,
    ESTABLISHED,
    /** Nobody can be connected to there, or the connection broke. */
    FAILED,
    /** Closed from here. */
    CLOSED
  }

  /** Is told that something has changed. */
  @FunctionalInterface
  public interface Listener {
    void changed(TcpSide side);
  }

  TcpSide(Network network, String host, String peerHost) {
    this.network = network;
    this.scheduler = network.scheduler();
    this.host = host;
    this.peerHost = peerHost;
  }

  /** Tells of every change from now on. */
  public void listen(Listener told) {
    listener = told;
  }

  public String host() {
    return host;
  }

  public String peerHost() {
    return peerHost;
  }

  public State state() {
    return state;
  }

  /** Why it has failed, in the kernel's words. */
  public String failure() {
    return failure;
  }

  boolean over() {
    return state == State.FAILED || state == State.CLOSED;
  }

  // Beginning.

  void joined(TcpSide dialling) {
    peer = dialling;
    state = State.ESTABLISHED;
  }

  void answered(@Nullable TcpSide accepting) {
    if (over()) {
      if (accepting != null) {
        accepting.fail("Connection reset by peer");
      }
      return;
    }
    if (accepting == null) {
      fail("Connection refused");
      return;
    }
    peer = accepting;
    state = State.ESTABLISHED;
    listener.changed(this);
  }

  // Receiving.

  /** The next bytes; null: none have arrived, or all that will ever arrive have been read. */
  public byte @Nullable [] read() {
    byte[] next = arrived.poll();
    if (next != null && peer != null) {
      peer.outstanding -= next.length;
      if (peer.outstanding < WINDOW) {
        peer.transmit();
        peer.listener.changed(peer);
      }
    }
    return next;
  }

  /** Whether there are bytes to be read. */
  public boolean readable() {
    return !arrived.isEmpty();
  }

  /** Whether the other end has finished, and all before that has been read. */
  public boolean finished() {
    return finArrived && arrived.isEmpty();
  }

  // Sending.

  /** How many bytes may be written now. */
  public int room() {
    return state == State.ESTABLISHED && !finSent ? Math.max(0, WINDOW - outstanding) : 0;
  }

  /** Sends those bytes, which are no more than there is {@link #room} for. */
  public void write(byte[] bytes) {
    if (state != State.ESTABLISHED || finSent || bytes.length == 0) {
      return;
    }
    outstanding += bytes.length;
    toSend.add(bytes);
    transmit();
  }

  /** Nothing more will be sent. */
  public void finish() {
    if (state == State.ESTABLISHED && !finSent) {
      finSent = true;
      toSend.add(FIN);
      transmit();
    }
  }

  /** Is closed: with a reset if something has not been read, or if that is wanted. */
  public void close(boolean reset) {
    if (state == State.CLOSED) {
      return;
    }
    boolean established = state == State.ESTABLISHED;
    broken |= state == State.FAILED;
    if (established && !reset && arrived.isEmpty()) {
      finish();
      state = State.CLOSED;
    } else {
      state = State.CLOSED;
      toSend.clear();
      if (established) {
        sendReset();
      }
    }
    if (toSend.isEmpty()) {
      network.over(this);
    }
    listener = _ -> {};
  }

  private void sendReset() {
    TcpSide other = peer;
    if (other != null && network.open(host, peerHost)) {
      scheduler.after(
          network.latency(host, peerHost), () -> other.fail("Connection reset by peer"));
    }
    network.over(this);
  }

  private void transmit() {
    if (transmitting || toSend.isEmpty()) {
      return;
    }
    transmitting = true;
    headSince = scheduler.now();
    attempt();
  }

  private void attempt() {
    if (state == State.FAILED || toSend.isEmpty() || peer == null) {
      transmitting = false;
      return;
    }
    if (!network.open(host, peerHost) || !network.open(peerHost, host)) {
      if (scheduler.now() - headSince >= USER_TIMEOUT) {
        transmitting = false;
        fail("Connection timed out");
        return;
      }
      scheduler.after(retransmission, this::attempt);
      retransmission = Math.min(2 * retransmission, LAST_RETRANSMISSION);
      return;
    }
    retransmission = FIRST_RETRANSMISSION;
    TcpSide other = peer;
    while (!toSend.isEmpty()) {
      byte[] segment = toSend.poll();
      long at = Math.max(scheduler.now() + network.latency(host, peerHost), other.lastArrival + 1);
      other.lastArrival = at;
      scheduler.at(at, () -> other.arrive(segment, this));
    }
    transmitting = false;
    if (state == State.CLOSED) {
      network.over(this);
    }
  }

  @SuppressWarnings("ReferenceEquality") // FIN is told apart from bytes by being that very array
  private void arrive(byte[] segment, TcpSide from) {
    if (state == State.CLOSED || state == State.FAILED) {
      if (segment != FIN && network.open(host, peerHost)) {
        scheduler.after(
            network.latency(host, peerHost), () -> from.fail("Connection reset by peer"));
      }
      return;
    }
    if (segment == FIN) {
      finArrived = true;
    } else {
      arrived.add(segment);
    }
    listener.changed(this);
  }

  // Trouble.

  private void fail(String why) {
    if (over()) {
      return;
    }
    state = State.FAILED;
    failure = why;
    toSend.clear();
    network.over(this);
    listener.changed(this);
  }

  /** Nobody gives up a connection sooner than keepalive does. */
  void onPathCut(String from, String to) {
    boolean mine =
        (from.equals(host) && to.equals(peerHost)) || (from.equals(peerHost) && to.equals(host));
    if (mine && state == State.ESTABLISHED) {
      scheduler.after(KEEPALIVE, this::probe);
    }
  }

  private void probe() {
    if (state == State.ESTABLISHED
        && (!network.open(host, peerHost) || !network.open(peerHost, host))) {
      fail("Connection timed out");
    } else if (state == State.ESTABLISHED && peer != null && !peer.knowsThis()) {
      fail("Connection reset by peer");
    }
  }

  private boolean knowsThis() {
    return state != State.FAILED && !broken;
  }

  /** Whether the other end has not given the connection up. */
  public boolean whole() {
    return state == State.ESTABLISHED && peer != null && peer.state == State.ESTABLISHED;
  }

  /** The machine lost its power: nobody there knows of the connection any more. */
  void forget() {
    state = State.FAILED;
    failure = "power lost";
    toSend.clear();
    arrived.clear();
    network.over(this);
    listener = _ -> {};
  }
}
