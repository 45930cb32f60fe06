package io.trunkline.daemon.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.trunkline.daemon.status.StatusJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process before this one, played by a script. */
@Timeout(60)
class PredecessorTest {
  private static final String HANDS_OVER =
      """
      use IO::Socket::UNIX;
      my $waiting = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die $!;
      $| = 1;
      print "waits\n";
      my $new = $waiting->accept or die $!;
      $new->autoflush(1);
      <$new>;
      print $new "sockets []\n";
      <$new> for 1 .. 2;
      print $new "legacy $ARGV[1]\n";
      <$new>;
      print $new "main\n";
      """;

  @TempDir Path directory;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final CompletableFuture<Void> hung = new CompletableFuture<>();
  private @Nullable Process old;

  @AfterEach
  void close() {
    if (old != null) {
      old.destroyForcibly();
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private Process start(String andThen) throws IOException {
    Path script = directory.resolve("old.pl");
    Files.writeString(script, HANDS_OVER + andThen);
    Path socket = directory.resolve("meeting");
    Process process =
        new ProcessBuilder(
                "perl",
                script.toString(),
                socket.toString(),
                StatusJson.write(new HandoverState(Map.of(), Set.of())))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    old = process;
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).isEqualTo("waits");
    Predecessor predecessor = Predecessor.meet(socket, loop);
    predecessor.sockets(new ProcessInfo("9", Map.of())).close();
    predecessor.state();
    predecessor.succeed(() -> hung.complete(null));
    return process;
  }

  @Test
  void oneThatHangsIsEnded() throws Exception {
    Process process = start("print $new qq(alive\nalive\n); kill STOP => $$; sleep 60;");
    hung.get(30, TimeUnit.SECONDS);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("SIGKILL").isEqualTo(128 + 9);
  }

  /** Its admin loop goes on, a session loop does not. */
  @Test
  void reportsAreNoSignOfLife() throws Exception {
    Process process =
        start(
            """
            print $new "alive\n";
            while (1) {
              print $new qq(sessions {"process":1,"sessions":2,"until":"x"}\n);
              select undef, undef, undef, 1;
            }
            """);
    hung.get(30, TimeUnit.SECONDS);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneThatLivesGoesOnAndSoDoesOneOfAVersionThatGivesNoSigns() throws Exception {
    Process lives = start("while (1) { print $new qq(alive\n); select undef, undef, undef, 0.5; }");
    assertThat(lives.waitFor(8, TimeUnit.SECONDS)).isFalse();
    lives.destroyForcibly().waitFor();
    Files.delete(directory.resolve("meeting"));
    Process silent = start("sleep 60;");
    assertThat(silent.waitFor(8, TimeUnit.SECONDS)).isFalse();
    assertThat(hung).isNotDone();
  }
}
