package io.trunkline.daemon.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.status.UpgradeAnswer;
import io.trunkline.routing.Event;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UpgradeTest {
  @TempDir Path directory;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Event> log = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile Optional<String> obstacle = Optional.empty();
  private volatile boolean broken;

  private final HandoverSource source =
      new HandoverSource() {
        @Override
        public Optional<String> obstacle() {
          return obstacle;
        }

        @Override
        public Map<HostPort, FileDescriptor> sockets() {
          calls.add("sockets");
          return Map.of();
        }

        @Override
        public CompletableFuture<HandoverState> passOn(ProcessInfo info) {
          calls.add("pass on");
          return CompletableFuture.completedFuture(new HandoverState(Map.of(), Set.of()));
        }

        @Override
        public void takeBack(HandoverState state) {
          calls.add("take back");
        }

        @Override
        public void succeededBy(long process, String version, HandoverState state) {
          calls.add("succeeded");
          if (broken) {
            throw new IllegalStateException("the test says so");
          }
        }

        @Override
        public CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses) {
          return CompletableFuture.completedFuture(0);
        }

        @Override
        public int sessions() {
          return 3;
        }
      };

  @AfterEach
  void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private UpgradeAnswer upgrade(String... command) {
    try (Upgrade upgrade =
        new Upgrade(
            List.of(command),
            directory.resolve("meeting"),
            source,
            loop,
            log::add,
            InstantSource.system())) {
      return upgrade.begin("root").join();
    }
  }

  @Test
  void aProgramThatEndsIsNoSuccessorAndNothingIsLeftToIt() {
    UpgradeAnswer answer = upgrade("/bin/false");
    assertThat(answer.upgraded()).isFalse();
    assertThat(answer.failure())
        .startsWith("the new process failed, the old one goes on: it ended")
        .endsWith("ready: its log says why");
    assertThat(calls).isEmpty();
    assertThat(log).extracting(Event::label).containsExactly("upgrade_started", "upgrade_failed");
    assertThat(directory).as("where they would have met").isEmptyDirectory();
  }

  @Test
  void aStrangerGetsNothing() throws Exception {
    Path program = directory.resolve("program");
    Files.writeString(
        program,
        """
        #!/usr/bin/perl
        use IO::Socket::UNIX;
        if (fork) { sleep 20; exit }
        my $old = IO::Socket::UNIX->new(Peer => $ENV{TRUNKLINE_SUCCEEDS}) or die $!;
        print $old qq(hello {"version":"9","vips":{}}\\n);
        $old->flush;
        <$old>;
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(upgrade(program.toString()).failure()).contains("a stranger, process ");
    assertThat(calls).isEmpty();
  }

  @Test
  void aSuccessorThatDiesWithTheVipsGivesThemBack() throws Exception {
    Path program = directory.resolve("program");
    Files.writeString(
        program,
        """
        #!/usr/bin/perl
        use IO::Socket::UNIX;
        my $old = IO::Socket::UNIX->new(Peer => $ENV{TRUNKLINE_SUCCEEDS}) or die $!;
        $old->autoflush(1);
        print $old qq(hello {"version":"9","vips":{}}\\n);
        <$old> eq "sockets []\\n" or die;
        print $old "send\\nready\\n";
        <$old> =~ /^legacy / or die;
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(upgrade(program.toString()).failure())
        .endsWith("the other process went away instead of saying done");
    assertThat(calls).containsExactly("sockets", "pass on", "take back");
  }

  /** Otherwise both would accept for good: the new one has everything. */
  @Test
  void whateverGoesWrongAfterTheSuccessorHasEverythingThisProcessIsNoServiceAnyMore()
      throws Exception {
    broken = true;
    Path program = directory.resolve("program");
    Files.writeString(
        program,
        """
        #!/usr/bin/perl
        use IO::Socket::UNIX;
        my $old = IO::Socket::UNIX->new(Peer => $ENV{TRUNKLINE_SUCCEEDS}) or die $!;
        $old->autoflush(1);
        print $old qq(hello {"version":"9","vips":{}}\n);
        <$old> eq "sockets []\n" or die;
        print $old "send\nready\n";
        <$old> =~ /^legacy / or die;
        print $old "done\n";
        <$old> eq "main\n" or die;
        <$old>;
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Upgrade upgrade =
        new Upgrade(
            List.of(program.toString()),
            directory.resolve("meeting"),
            source,
            loop,
            log::add,
            InstantSource.system())) {
      UpgradeAnswer answer = upgrade.begin("root").join();
      assertThat(answer.upgraded()).isTrue();
      assertThat(upgrade.succeeded()).isCompleted();
      assertThat(upgrade.begin("root").join().failure()).contains("another upgrade is under way");
    }
    assertThat(calls).containsExactly("sockets", "pass on", "succeeded");
    assertThat(log)
        .extracting(Event::label)
        .containsExactly("upgrade_started", "upgrade_incomplete");
  }

  @Test
  void onlyANodeThatServesHandsOver() {
    obstacle = Optional.of("this node is drained");
    assertThat(upgrade("/bin/true")).isEqualTo(UpgradeAnswer.failed("this node is drained"));
    assertThat(log).isEmpty();
  }

  @Test
  void whoWasNotStartedByItsScriptSaysSo() {
    assertThat(upgrade().failure()).contains("restart it instead");
  }
}
