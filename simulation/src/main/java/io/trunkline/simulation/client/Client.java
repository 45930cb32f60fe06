package io.trunkline.simulation.client;

import io.trunkline.simulation.invariant.QueueRules;
import io.trunkline.simulation.invariant.SessionRules;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.network.TcpSide;
import io.trunkline.simulation.postgres.Messages;
import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.Scheduler;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An application with one connection: it connects to any node, says statements with pauses between
 * them, and connects again after each error that ends its session.
 */
public final class Client {
  /** An application that is told nothing for so long gives its connection up. */
  private static final long STATEMENT_TIMEOUT = TimeUnit.SECONDS.toNanos(40);

  private static final long NUMBERS = 1_000_000;

  private final String name;
  private final String host;
  private final boolean writes;
  private final List<Gate> gates;
  private final Network network;
  private final Scheduler scheduler;
  private final Randomness random;
  private final SessionRules sessions;
  private final QueueRules queue;
  private final Coverage coverage;
  private final Story story;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private @Nullable TcpSide socket;
  private String session = "";
  private int attempts;
  private int introduced;
  private long numbers;
  private boolean letIn;
  private boolean waits;
  private long turn;
  private long lastSuccess;

  /**
   * Where a node can be connected to.
   *
   * @param node its name
   */
  public record Gate(String node, String host, int port) {}

  /**
   * @param writes whether it commits
   */
  public Client(
      String name,
      String host,
      boolean writes,
      List<Gate> gates,
      Network network,
      Scheduler scheduler,
      Randomness random,
      SessionRules sessions,
      QueueRules queue,
      Coverage coverage,
      Story story) {
    this.name = name;
    this.host = host;
    this.writes = writes;
    this.gates = gates;
    this.network = network;
    this.scheduler = scheduler;
    this.random = random;
    this.sessions = sessions;
    this.queue = queue;
    this.coverage = coverage;
    this.story = story;
    this.numbers = (name.hashCode() & 0xffff) * NUMBERS;
  }

  /** Begins. */
  public void start() {
    scheduler.after(random.millis(500, 4000), this::connect);
  }

  /** For people. */
  public String name() {
    return name;
  }

  /** When a statement of its was last done, in nanoseconds. */
  public long lastSuccess() {
    return lastSuccess;
  }

  private void connect() {
    Gate gate = gates.get(random.below(gates.size()));
    session = name + "-" + ++attempts + "@" + gate.node();
    letIn = false;
    received.reset();
    TcpSide dialled = network.connect(host, gate.host(), gate.port());
    socket = dialled;
    dialled.listen(this::onChanged);
    expectAnswer();
  }

  private void expectAnswer() {
    long mine = ++turn;
    waits = true;
    scheduler.after(
        STATEMENT_TIMEOUT + (letIn ? 0 : STATEMENT_TIMEOUT),
        () -> {
          if (mine == turn && waits) {
            coverage.count("client", "gave_up");
            end("gave up");
          }
        });
  }

  private void onChanged(TcpSide from) {
    if (from != socket) {
      return;
    }
    if (from.state() == TcpSide.State.FAILED) {
      end(from.failure());
      return;
    }
    if (from.state() == TcpSide.State.ESTABLISHED && !letIn) {
      introduce(from);
    }
    for (byte[] bytes = from.read(); bytes != null; bytes = from.read()) {
      received.writeBytes(bytes);
    }
    understand();
    if (from == socket && from.finished()) {
      end("closed");
    }
  }

  private void introduce(TcpSide to) {
    if (introduced != attempts) {
      introduced = attempts;
      say(to, Messages.startup("app", session));
      queue.asks(session, session.substring(session.indexOf('@') + 1));
    }
  }

  private void say(TcpSide to, byte[] message) {
    sessions.sent(session, message);
    to.write(message);
  }

  private void understand() {
    byte[] bytes = received.toByteArray();
    int at = 0;
    while (bytes.length - at >= 5) {
      int length = 1 + ByteBuffer.wrap(bytes).getInt(at + 1);
      if (bytes.length - at < length) {
        break;
      }
      char type = (char) bytes[at];
      if (type == 'E') {
        String text = new String(bytes, at + 5, length - 5, StandardCharsets.UTF_8);
        coverage.count("client_error", code(text));
      } else if (type == 'C') {
        lastSuccess = scheduler.now();
      } else if (type == 'Z') {
        ready();
      }
      at += length;
    }
    received.reset();
    received.write(bytes, at, bytes.length - at);
  }

  private static String code(String fields) {
    int at = fields.indexOf("\0C");
    return at < 0 ? "?" : fields.substring(at + 2, fields.indexOf('\0', at + 2));
  }

  private void ready() {
    letIn = true;
    waits = false;
    turn++;
    queue.answered(session);
    TcpSide now = socket;
    int mine = attempts;
    scheduler.after(
        pause(),
        () -> {
          if (now != null && now == socket && mine == attempts) {
            speak(now);
          }
        });
  }

  private long pause() {
    return random.percent(10) ? random.millis(1000, 8000) : random.millis(20, 700);
  }

  private void speak(TcpSide to) {
    if (random.percent(0.5)) {
      say(to, Messages.terminate());
      end("said good-bye");
      return;
    }
    if (random.percent(5)) {
      say(to, Messages.query("SLEEP " + random.below(writes ? 1500 : 6000)));
    } else if (writes) {
      say(to, Messages.query("COMMIT " + ++numbers));
    } else {
      say(to, Messages.query("SELECT 1"));
    }
    expectAnswer();
  }

  private void end(String why) {
    TcpSide now = socket;
    socket = null;
    waits = false;
    turn++;
    queue.answered(session);
    if (now != null) {
      now.close(false);
    }
    String ended = session;
    story.tell(name, () -> ended + " " + why);
    scheduler.after(TimeUnit.SECONDS.toNanos(1), () -> sessions.over(ended));
    scheduler.after(random.millis(50, 600), this::connect);
  }
}
