package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.AdminService.Limits;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdminLimitsTest {
  @TempDir Path directory;
  private RunningAdmin admin;

  @BeforeEach
  void startWithLittlePatience() throws IOException {
    admin = new RunningAdmin(directory, new Limits(16, 200, 400, 100, Duration.ofMillis(700)));
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  @Test
  void aLongRequestLine() throws IOException {
    assertThat(admin.request("GET", "/" + "x".repeat(300))).startsWith("HTTP/1.1 414");
  }

  @Test
  void longHeaders() throws IOException {
    assertThat(admin.send("GET / HTTP/1.1\r\nX: " + "x".repeat(500))).startsWith("HTTP/1.1 431");
  }

  @Test
  void headersWithoutEnd() throws IOException {
    try (Socket client = admin.connect()) {
      byte[] header = "X: ".concat("x".repeat(1_000_000)).getBytes(StandardCharsets.ISO_8859_1);
      client.getOutputStream().write(header);
      client.getOutputStream().write(header);
      client.getInputStream().readAllBytes();
    } catch (SocketException e) {
      // Closed while it was still being sent to.
    }
    assertThat(admin.request("GET", "/livez")).startsWith("HTTP/1.1 200");
  }

  @Test
  void aLargeBody() throws IOException {
    assertThat(
            admin.send(
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
                    + "x".repeat(200)))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void whatIsNotHttp() throws IOException {
    assertThat(admin.send("\u0000\u0000\u0000\u0008\u0004\u00d2\u0016/\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(admin.request("GET", "/%zz")).startsWith("HTTP/1.1 400");
  }

  @Test
  void aClientThatSendsAByteAtATime() throws Exception {
    try (Socket slow = admin.connect()) {
      long begun = System.nanoTime();
      String request = "GET /livez HTTP/1.1\r\nX-Slow: ";
      assertThat(dripUntilClosed(slow, request)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
  }

  private static boolean dripUntilClosed(Socket slow, String request) throws Exception {
    try {
      for (int i = 0; i < 200; i++) {
        slow.getOutputStream().write(i < request.length() ? request.charAt(i) : 'x');
        Thread.sleep(50);
      }
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void aClientThatSaysNothing() throws IOException {
    assertThat(admin.send("")).isEmpty();
  }

  @Test
  void aClientThatAsksAndDoesNotRead() throws Exception {
    byte[] many =
        "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .repeat(2_000)
            .getBytes(StandardCharsets.ISO_8859_1);
    try (Socket deaf = admin.connect()) {
      deaf.setReceiveBufferSize(4_096);
      boolean closed = false;
      try {
        for (int i = 0; i < 200; i++) {
          deaf.getOutputStream().write(many);
        }
      } catch (SocketException e) {
        closed = true;
      }
      assertThat(closed).isTrue();
    }
    assertThat(admin.request("GET", "/livez")).startsWith("HTTP/1.1 200");
  }
}
