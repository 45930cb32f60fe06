package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.AdminService.Limits;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdminCrowdTest {
  private static final int ADMITTED = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir Path directory;

  @Test
  void aThousandConnections() throws Exception {
    List<Socket> crowd = new ArrayList<>();
    Limits limits = new Limits(ADMITTED, 200, 400, 100, Duration.ofMinutes(5));
    try (RunningAdmin admin = new RunningAdmin(directory, limits)) {
      for (int i = 0; i < 1_000; i++) {
        crowd.add(admin.connect());
      }
      for (Socket refused : crowd.subList(ADMITTED, crowd.size())) {
        assertThat(isClosed(refused)).isTrue();
      }
      for (Socket admitted : crowd.subList(0, ADMITTED)) {
        assertThat(answers(admitted)).isTrue();
      }
      assertThat(UnixHttp.exchange(admin.socket, "GET", "/livez"))
          .as("the control socket has a limit of its own")
          .startsWith("HTTP/1.1 200");
      crowd.getFirst().close();
      Await.until("room, which who leaves makes", PATIENCE, () -> isAdmitted(admin));
    } finally {
      for (Socket client : crowd) {
        client.close();
      }
    }
  }

  private static boolean isClosed(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  private static boolean answers(Socket client) throws IOException {
    client
        .getOutputStream()
        .write(
            "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return client.getInputStream().read() == 'H';
  }

  private static boolean isAdmitted(RunningAdmin admin) throws IOException {
    try {
      return admin.request("GET", "/livez").startsWith("HTTP/1.1 200");
    } catch (SocketException e) {
      return false;
    }
  }
}
