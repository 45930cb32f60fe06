package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.AdminConfig;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.pgwire.Splits;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionList;
import io.trunkline.testing.Cost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Requests to the admin endpoint and to the control socket. The first byte of an input says how the
 * rest is cut, the second which of the two it is.
 */
public final class AdminFuzz {
  private static final int TRUSTED = 1;
  private static final NodeFacts NODE = node();
  private static final AdminConfig CONFIG =
      new AdminConfig(
          new HostPort("127.0.0.1", 7000),
          Path.of("/run/trunkline/admin.sock"),
          List.of("grafana"));
  private static final Set<String> STATUSES =
      Set.of("100", "200", "304", "400", "404", "405", "413", "414", "417", "421", "431", "503");

  private AdminFuzz() {}

  private static NodeFacts node() {
    try {
      Path directory = Files.createTempDirectory("admin-fuzz");
      directory.toFile().deleteOnExit();
      SampleNode node = new SampleNode(SampleConfig.in(directory), SampleCluster.healthy());
      directory.resolve("trunkline.yaml").toFile().deleteOnExit();
      return node.observe().facts();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The status of each answer, what was done, and whether the connection is open. */
  private record Outcome(List<String> statuses, List<String> actions, boolean open) {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    boolean trusted = (input[1] & TRUSTED) != 0;
    Cost.bounded(input.length, () -> new Server(trusted).serve(Splits.whole(bytes)));
    Outcome whole = new Server(trusted).serve(Splits.whole(bytes));
    assertThat(new Server(trusted).serve(Splits.everyByte(bytes))).isEqualTo(whole);
    assertThat(new Server(trusted).serve(Splits.random(bytes, input[0]))).isEqualTo(whole);
    assertThat(STATUSES).containsAll(whole.statuses());
    if (!trusted) {
      assertThat(whole.actions()).as("a stranger changes nothing").isEmpty();
    }
    if (new String(bytes, StandardCharsets.ISO_8859_1).matches("[^\\r\\n]+\\r\\n\\r\\n")) {
      assertThat(whole.statuses()).as("an answer").isNotEmpty();
    }
  }

  /** The pages, and one connection to them. */
  private static final class Server implements AdminPages.SessionControl {
    private final List<String> actions = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();
    private final AdminService service;
    private final boolean trusted;

    Server(boolean trusted) {
      this.trusted = trusted;
      AdminPages pages =
          new AdminPages(
              NODE,
              Optional::empty,
              () -> "metrics 1\n",
              new EventHistory(10),
              this,
              Map.of(
                  "/api/v1/reload",
                  request -> acted("reload by " + request.by()),
                  "/api/v1/clusters/*/accept",
                  request -> acted("accept " + request.parameter("cluster").orElseThrow())));
      service =
          new AdminService(
              pages.routes(Feed.Pace.DEFAULT, this::defect),
              AllowedHosts.of(CONFIG, Set.of("proxy-01")),
              AdminService.Limits.DEFAULT,
              this::defect);
    }

    private CompletableFuture<AdminResponse> acted(String what) {
      actions.add(what);
      return AdminResponse.json(Map.of("done", true)).now();
    }

    private void defect(String path, RuntimeException defect) {
      defects.add(path + " " + defect);
    }

    @Override
    public CompletableFuture<SessionList> list(SessionFilter filter, int limit) {
      return CompletableFuture.completedFuture(new SessionList(List.of(), 0));
    }

    @Override
    public CompletableFuture<Integer> end(SessionFilter filter) {
      actions.add("end " + filter);
      return CompletableFuture.completedFuture(0);
    }

    Outcome serve(List<byte[]> pieces) {
      EmbeddedChannel client = new EmbeddedChannel();
      UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
      client.config().setAllocator(allocator);
      client.freezeTime();
      client.pipeline().addLast(new AdminChannels(service, trusted));
      client.pipeline().fireChannelActive();
      List<String> statuses = new ArrayList<>();
      for (byte[] piece : pieces) {
        if (client.isOpen()) {
          client.writeInbound(Unpooled.wrappedBuffer(piece));
          client.runPendingTasks();
          drain(client, statuses);
        }
      }
      boolean open = client.isOpen();
      client.finishAndReleaseAll();
      assertThat(defects).isEmpty();
      assertThat(allocator.metric().usedHeapMemory()).as("all is released").isZero();
      assertThat(allocator.metric().usedDirectMemory()).as("all is released").isZero();
      return new Outcome(statuses, actions, open);
    }

    private static void drain(EmbeddedChannel client, List<String> statuses) {
      for (ByteBuf out = client.readOutbound(); out != null; out = client.readOutbound()) {
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        if (text.startsWith("HTTP/1.1 ")) {
          statuses.add(text.substring(9, 12));
        }
      }
    }
  }
}
