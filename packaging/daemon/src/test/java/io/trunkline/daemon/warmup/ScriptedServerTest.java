package io.trunkline.daemon.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strangers on this machine can connect, too. */
@Timeout(60)
class ScriptedServerTest {
  private final List<Socket> strangers = new ArrayList<>();

  @AfterEach
  void leave() throws IOException {
    for (Socket each : strangers) {
      each.close();
    }
  }

  private Socket connect(ScriptedServer server) throws IOException {
    Socket socket = new Socket(server.address().host(), server.address().port());
    socket.setSoTimeout(25_000); // less than the server's patience
    strangers.add(socket);
    return socket;
  }

  /** Waits for an end of the connection of any kind. */
  private static boolean closed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true; // what it had sent was not read
    }
  }

  @Test
  void manyConnectionsTakeNoMoreThreadsThanAFew() throws IOException {
    try (ScriptedServer server = ScriptedMember.start()) {
      for (int i = 0; i < ScriptedServer.MOST; i++) {
        connect(server);
      }
      assertThat(closed(connect(server))).as("one too many").isTrue();
    }
  }

  @Test
  void whoSaysNothingIsLeftBehindWhenItEnds() throws IOException {
    Socket silent;
    try (ScriptedServer server = ScriptedMember.start()) {
      silent = connect(server);
      silent.getOutputStream().write(0);
    }
    assertThat(closed(silent)).isTrue();
    Await.end("warm-up");
  }

  @Test
  void aRequestWithoutAnEndIsNotKept() throws IOException {
    try (ScriptedServer patroni = new ScriptedServer("warm-up test", ScriptedPatroni::request)) {
      Socket endless = connect(patroni);
      byte[] line = new byte[ScriptedPatroni.LONGEST_REQUEST];
      endless.getOutputStream().write(line);
      assertThat(closed(endless)).as("answered, without more").isTrue();
    }
  }
}
