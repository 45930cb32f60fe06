package io.trunkline.loadtest.takeover;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A client of a PostgreSQL address, in a machine of its own: {@code SessionProbe HOST PORT USER}.
 * Every 10 ms it opens a connection, sends a startup packet and waits for the server's first byte;
 * attempts overlap, so that one that hangs does not hide the others. Besides it opens one session a
 * second and holds it for 20 s. It prints, in microseconds of Unix time:
 *
 * <pre>
 * ok START END          a server asked for the password
 * no START END WHY      refused, unreachable, ended, timeout
 * open START NOW        a session that will be held open was answered
 * held START END HOW    a session that was held open ended: closed, reset
 * arp AT MAC            the kernel's ARP entry for the address changed
 * </pre>
 */
public final class SessionProbe {
  private static final long TICK = Duration.ofMillis(10).toNanos();
  private static final long LIMIT = Duration.ofSeconds(3).toMillis() * 1000;

  /** A server ends a session that does not authenticate, after a minute by default. */
  private static final long HELD_LIMIT = Duration.ofSeconds(20).toMillis() * 1000;

  private static final long HELD_EVERY = Duration.ofSeconds(1).toMillis() * 1000;

  private static final Path ARP = Path.of("/proc/net/arp");

  private final InetSocketAddress server;
  private final ByteBuffer startup;
  private final ByteBuffer answer = ByteBuffer.allocate(256);
  private final Selector selector = Selector.open();
  private final Deque<Attempt> attempts = new ArrayDeque<>();
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  private final Deque<Attempt> held = new ArrayDeque<>();
  private long nextHeld;
  private String arp = "";

  private SessionProbe(InetSocketAddress server, String user) throws IOException {
    this.server = server;
    byte[] parameters =
        ("user\0" + user + "\0database\0" + user + "\0\0").getBytes(StandardCharsets.UTF_8);
    startup = ByteBuffer.allocate(8 + parameters.length);
    startup.putInt(startup.capacity()).putInt(3 << 16).put(parameters).flip();
  }

  /** Runs until it is killed. */
  public static void main(String[] args) throws IOException {
    new SessionProbe(new InetSocketAddress(args[0], Integer.parseInt(args[1])), args[2]).run();
  }

  private void run() throws IOException {
    long next = System.nanoTime();
    while (true) {
      long wait = next - System.nanoTime();
      if (wait <= 0) {
        next = Math.max(next + TICK, System.nanoTime() - TICK);
        tick();
      } else {
        selector.select(key -> ((Attempt) key.attachment()).advance(), wait / 1_000_000 + 1);
      }
    }
  }

  private void tick() throws IOException {
    long now = micros();
    attempts.addLast(new Attempt(false));
    if (now > nextHeld) {
      held.addLast(new Attempt(true));
      nextHeld = now + HELD_EVERY;
    }
    while (!held.isEmpty() && (held.getFirst().done || now - held.getFirst().start > HELD_LIMIT)) {
      held.removeFirst().close();
    }
    while (!attempts.isEmpty()
        && (attempts.getFirst().done || now - attempts.getFirst().start > LIMIT)) {
      attempts.removeFirst().end("no", "timeout");
    }
    watchArp(now);
    out.flush();
  }

  private void watchArp(long now) throws IOException {
    String address = server.getAddress().getHostAddress() + " ";
    String entry =
        Files.readAllLines(ARP).stream()
            .filter(line -> line.startsWith(address))
            .map(line -> line.split(" +", -1)[3])
            .findFirst()
            .orElse("none");
    if (!entry.equals(arp)) {
      arp = entry;
      out.println("arp " + now + " " + entry);
    }
  }

  private static long micros() {
    return Recording.micros(Instant.now());
  }

  /** One connection. */
  private final class Attempt {
    final long start = micros();
    private final boolean hold;
    private final SocketChannel channel = SocketChannel.open();
    private boolean answered;
    boolean done;

    Attempt(boolean hold) throws IOException {
      this.hold = hold;
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, this);
      try {
        if (channel.connect(server)) {
          key.interestOps(0);
          begin(key);
        }
      } catch (IOException e) {
        fail(e);
      }
    }

    private void begin(SelectionKey key) throws IOException {
      channel.write(startup.duplicate());
      key.interestOps(SelectionKey.OP_READ);
    }

    void advance() {
      try {
        SelectionKey key = channel.keyFor(selector);
        if (key.isConnectable() && channel.finishConnect()) {
          begin(key);
        } else if (key.isReadable()) {
          read();
        }
      } catch (IOException e) {
        fail(e);
      }
    }

    private void read() throws IOException {
      int count = channel.read(answer.clear());
      if (count < 0) {
        end("no", "closed");
      } else if (count > 0 && !answered) {
        answered = answer.get(0) == 'R';
        if (!answered) {
          end("no", "error");
        } else if (hold) {
          out.println("open " + start + " " + micros());
        } else {
          end("ok", "");
        }
      }
    }

    private void fail(IOException e) {
      end("no", String.valueOf(e.getMessage()));
    }

    void end(String verdict, String why) {
      if (done) {
        return;
      }
      if (!hold) {
        out.println(verdict + " " + start + " " + micros() + " " + why);
      } else if (answered) {
        out.println("held " + start + " " + micros() + " " + why);
      }
      close();
    }

    void close() {
      done = true;
      try {
        channel.close();
      } catch (IOException e) {
        out.println("# " + e);
      }
    }
  }
}
