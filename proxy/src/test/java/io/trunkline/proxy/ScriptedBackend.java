package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.message;

import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.ScriptedPostgres.Direction;
import io.trunkline.proxy.ScriptedPostgres.Ending;
import io.trunkline.proxy.ScriptedPostgres.Loss;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One connection to a {@link ScriptedPostgres}: counts its bytes, and is lost where it is to be.
 */
final class ScriptedBackend {
  private static final String CHECK_USER = "trunkline";

  private final ScriptedPostgres server;
  private final int run;
  private final Socket socket;
  private final OutputStream out;
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private final List<Long> receivedEnds = new ArrayList<>();
  private final List<Long> sentEnds = new ArrayList<>();
  private Optional<Loss> loss = Optional.empty();
  private byte[] heard = new byte[0];
  private long received;
  private long sent;
  private boolean started;
  private final ScriptedSession session;

  /** The connection is over. */
  static final class Over extends IOException {
    private static final long serialVersionUID = 1L;
  }

  ScriptedBackend(ScriptedPostgres server, Socket socket) throws IOException {
    this.server = server;
    this.run = server.run();
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.session = new ScriptedSession(server, this);
  }

  /** The run in which it has come. */
  int inRun() {
    return run;
  }

  /** Where each message ended that it has received, in bytes from the first. */
  synchronized List<Long> receivedEnds() {
    return List.copyOf(receivedEnds);
  }

  /** The same of what it has sent. */
  synchronized List<Long> sentEnds() {
    return List.copyOf(sentEnds);
  }

  void run() throws IOException {
    byte[] buffer = new byte[8192];
    while (true) {
      int most = buffer.length;
      if (loss.isPresent() && loss.get().direction() == Direction.FROM_PROXY) {
        long left = loss.get().at() - received;
        if (left <= 0) {
          lose();
        }
        most = (int) Math.min(most, Math.max(1, left));
      }
      int read = socket.getInputStream().read(buffer, 0, most);
      if (read < 0) {
        return;
      }
      received += read;
      hear(Arrays.copyOf(buffer, read));
    }
  }

  private void hear(byte[] bytes) throws IOException {
    heard = Packets.join(heard, bytes);
    while (true) {
      int header = started ? 1 : 0;
      if (heard.length < header + Integer.BYTES) {
        return;
      }
      int length = header + ByteBuffer.wrap(heard).getInt(header);
      if (heard.length < length) {
        return;
      }
      byte[] body = Arrays.copyOfRange(heard, header + Integer.BYTES, length);
      char type = (char) heard[0];
      heard = Arrays.copyOfRange(heard, length, heard.length);
      synchronized (this) {
        receivedEnds.add(received - heard.length);
      }
      if (started) {
        session.hear(type, body);
      } else {
        start(body);
      }
    }
  }

  private void start(byte[] body) throws IOException {
    String[] words = new String(body, StandardCharsets.UTF_8).split("\0", -1);
    boolean asks = Arrays.asList(words).contains(CHECK_USER);
    if (!server.letsIn()) {
      error("FATAL", "57P03", "the database system is starting up");
      flush();
      throw new Over();
    }
    if (!asks) {
      loss = server.next(this);
      if (loss.filter(it -> passed(it) >= it.at()).isPresent()) {
        lose();
      }
    }
    started = true;
    send('R', new byte[4]);
    send(Packets.parameter("client_encoding", "UTF8"));
    send(Packets.parameter("in_hot_standby", "off"));
    send('K', 0, 0, 0, 1, 0, 0, 0, 2);
    session.ready();
  }

  private long passed(Loss of) {
    return of.direction() == Direction.FROM_PROXY ? received - heard.length : sent;
  }

  // What it says.

  private void send(char type, int... body) throws IOException {
    byte[] bytes = new byte[body.length];
    for (int i = 0; i < body.length; i++) {
      bytes[i] = (byte) body[i];
    }
    send(message(type, bytes));
  }

  void send(char type, byte[] body) throws IOException {
    send(message(type, body));
  }

  void send(byte[] message) throws IOException {
    unsent.writeBytes(message);
    synchronized (this) {
      sentEnds.add(sent + unsent.size());
    }
    if (server.flushesAll()) {
      flush();
    }
  }

  void error(String severity, String state, String text) throws IOException {
    send(error('E', severity, state, text));
    flush();
  }

  static byte[] error(char type, String severity, String state, String text) {
    return message(type, "S%s\0V%s\0C%s\0M%s\0\0".formatted(severity, severity, state, text));
  }

  void flush() throws IOException {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    int length = bytes.length;
    boolean loses = false;
    if (loss.isPresent() && loss.get().direction() == Direction.TO_PROXY) {
      long left = loss.get().at() - sent;
      loses = left <= length;
      length = (int) Math.min(length, Math.max(0, left));
    }
    out.write(bytes, 0, length);
    sent += length;
    if (loses) {
      lose();
      out.write(bytes, length, bytes.length - length);
      sent += bytes.length - length;
    }
  }

  /** Returns if it only stands still. */
  private void lose() throws IOException {
    Loss now = loss.orElseThrow();
    loss = Optional.empty();
    if (now.ending() == Ending.PAUSE) {
      server.pause();
      return;
    }
    session.rollback();
    server.loses(now, run);
    boolean within = sent > 0 && !sentEnds().contains(sent);
    try {
      switch (within && now.ending() != Ending.RESET ? Ending.CLOSE : now.ending()) {
        case STOP -> {
          byte[] fatal =
              error('E', "FATAL", "57P01", "terminating connection due to administrator command");
          out.write(Packets.join(unsent.toByteArray(), fatal));
        }
        case CRASH ->
            out.write(error('N', "WARNING", "57P02", "terminating connection because of crash"));
        case RESET -> socket.setSoLinger(true, 0);
        case CLOSE, PAUSE -> {}
      }
    } finally {
      socket.close();
      server.hasLost(run);
    }
    throw new Over();
  }
}
